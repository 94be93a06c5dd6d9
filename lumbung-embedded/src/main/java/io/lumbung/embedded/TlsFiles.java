package io.lumbung.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A certificate authority of our own and one server certificate signed by it, as files, for tests with TLS.
 *
 * <p>Made by the {@code keytool} of the running JDK in about a second, and removed with this JVM.
 *
 * @param authority the authority's certificate, PEM
 * @param certificate the server's certificate, PEM
 * @param key the server's private key, PEM
 * @param trustStore a PKCS #12 store that trusts the authority, for clients
 * @param trustStorePassword what opens it
 */
public record TlsFiles(Path authority, Path certificate, Path key, Path trustStore, String trustStorePassword) {
    private static final String PASSWORD = "lumbung";

    /** A valid certificate for 127.0.0.1 and localhost. */
    public static TlsFiles create() {
        return create("ip:127.0.0.1,dns:localhost", List.of("-validity", "30"));
    }

    /** A certificate for another host than the one the server runs on: a client that checks names must refuse it. */
    public static TlsFiles createForWrongHost() {
        return create("dns:elsewhere.example", List.of("-validity", "30"));
    }

    /** A certificate for 127.0.0.1 and localhost whose time is over: every client must refuse it. */
    public static TlsFiles createExpired() {
        return create("ip:127.0.0.1,dns:localhost", List.of("-startdate", "-10d", "-validity", "5"));
    }

    /** What a client in this JVM needs to trust the authority. */
    public SSLContext clientContext() {
        try (InputStream in = Files.newInputStream(trustStore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, trustStorePassword.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the trust store " + trustStore, e);
        }
    }

    /** For our own connections to our own server: takes exactly this certificate, even when its time is over. */
    SSLContext ownContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new ExactlyThis(Files.readAllBytes(certificate))}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the certificate " + certificate, e);
        }
    }

    private static TlsFiles create(String names, List<String> life) {
        Path folder = Watchdog.newFolder("tls");
        Path everything = folder.resolve("all.p12");
        keytool(
                everything,
                "ca",
                "-dname",
                "CN=Lumbung test authority",
                "-ext",
                "bc:c",
                "-validity",
                "30",
                "-startdate",
                "-11d");
        List<String> server =
                new ArrayList<>(List.of("-dname", "CN=Lumbung test server", "-ext", "san=" + names, "-signer", "ca"));
        server.addAll(life);
        keytool(everything, "server", server.toArray(String[]::new));
        try (InputStream in = Files.newInputStream(everything)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            Certificate authority = store.getCertificate("ca");
            Key key = store.getKey("server", PASSWORD.toCharArray());
            return new TlsFiles(
                    pem(folder.resolve("ca.pem"), "CERTIFICATE", authority.getEncoded()),
                    pem(
                            folder.resolve("server.pem"),
                            "CERTIFICATE",
                            store.getCertificate("server").getEncoded()),
                    pem(folder.resolve("server.key"), "PRIVATE KEY", key.getEncoded()),
                    trusting(folder.resolve("trust.p12"), authority),
                    PASSWORD);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot turn " + everything + " into PEM files", e);
        }
    }

    private static void keytool(Path store, String alias, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                alias));
        command.addAll(List.of(options));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool could not make the key '" + alias + "': " + said);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool made the key '" + alias + "'", e);
        }
    }

    private static Path pem(Path file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n", US_ASCII);
    }

    private static Path trusting(Path file, Certificate authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static final class ExactlyThis extends X509ExtendedTrustManager {
        private final X509Certificate expected;

        ExactlyThis(byte[] pem) throws CertificateException {
            this.expected = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (!chain[0].equals(expected)) {
                throw new CertificateException("not our server: " + chain[0].getSubjectX500Principal());
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package io.lumbung.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How connections are encrypted. Certificates and host names are checked unless {@code insecure}.
 *
 * @param caFile PEM certificates to trust instead of the JDK's
 * @param trustStore a PKCS12 or JKS file to trust instead of the JDK's; not together with {@code caFile}
 * @param certificate our own PEM certificate chain; together with {@code privateKey} or not at all
 * @param privateKey its PEM (PKCS8) key
 * @param insecure any certificate is accepted for any host
 */
public record TlsConfig(
        boolean enabled,
        Optional<Path> caFile,
        Optional<Path> trustStore,
        Secret trustStorePassword,
        Optional<Path> certificate,
        Optional<Path> privateKey,
        boolean insecure) {
    public TlsConfig {
        Objects.requireNonNull(trustStorePassword, "trustStorePassword");
        if (caFile.isPresent() && trustStore.isPresent()) {
            throw new ConfigException(
                    Settings.TLS_TRUST_STORE.property(),
                    null,
                    "it is set together with " + Settings.TLS_CA.property(),
                    "Set one of the two");
        }
        if (certificate.isPresent() != privateKey.isPresent()) {
            boolean noKey = certificate.isPresent();
            throw new ConfigException(
                    (noKey ? Settings.TLS_CERTIFICATE : Settings.TLS_PRIVATE_KEY).property(),
                    null,
                    "it is set without " + (noKey ? Settings.TLS_PRIVATE_KEY : Settings.TLS_CERTIFICATE).property(),
                    "Set both or neither");
        }
    }

    /** No encryption. */
    public static TlsConfig off() {
        return new TlsConfig(
                false, Optional.empty(), Optional.empty(), Secret.none(), Optional.empty(), Optional.empty(), false);
    }

    TlsConfig enabled(boolean on) {
        return new TlsConfig(on, caFile, trustStore, trustStorePassword, certificate, privateKey, insecure);
    }

    boolean namesFiles() {
        return caFile.isPresent() || trustStore.isPresent() || certificate.isPresent();
    }
}

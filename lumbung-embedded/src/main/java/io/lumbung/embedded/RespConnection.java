package io.lumbung.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One plain connection to a Redis, for tests and tools: no pool, no reconnect, no surprises.
 *
 * <p>Speaks RESP2 until told {@code HELLO 3}. Replies become {@code String} (bulk, simple, verbatim, as UTF-8),
 * {@code Long}, {@code Double}, {@code Boolean}, {@code List} (arrays, sets and pushes), {@code Map} or null. A failed
 * or timed out call leaves the connection unusable. Not safe for use by two threads at once.
 */
public final class RespConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RespConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        this.out = socket.getOutputStream();
    }

    /**
     * Opens a connection; no reply is waited for longer than 10 s.
     *
     * @throws UncheckedIOException if nobody listens there
     */
    public static RespConnection open(String host, int port) {
        return open(host, port, null);
    }

    static RespConnection open(String host, int port, @Nullable SSLContext tls) {
        try {
            Socket plain = connect(host, port);
            try {
                return new RespConnection(
                        tls == null ? plain : tls.getSocketFactory().createSocket(plain, host, port, true));
            } catch (IOException e) {
                plain.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + host + ":" + port, e);
        }
    }

    // A test names one server, and if its name has two addresses the first will do.
    @SuppressWarnings("AddressSelection")
    private static Socket connect(String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** How long one reply is waited for from now on. */
    public void timeout(Duration atMost) {
        try {
            socket.setSoTimeout(Math.toIntExact(Math.max(1, atMost.toMillis())));
        } catch (IOException e) {
            throw new UncheckedIOException("the connection is closed", e);
        }
    }

    /**
     * Sends one command and waits for its reply.
     *
     * @throws RespErrorException if the server says no
     * @throws UncheckedIOException if the connection ended or the reply did not come in time
     */
    public @Nullable Object command(String... words) {
        send(words);
        return read();
    }

    /** Sends one command without waiting; its reply is for a later {@link #read()}. */
    public void send(String... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("*" + words.length + "\r\n").getBytes(UTF_8));
        for (String word : words) {
            byte[] body = word.getBytes(UTF_8);
            bytes.writeBytes(("$" + body.length + "\r\n").getBytes(UTF_8));
            bytes.writeBytes(body);
            bytes.writeBytes(new byte[] {'\r', '\n'});
        }
        try {
            out.write(bytes.toByteArray());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + words[0], e);
        }
    }

    /**
     * Waits for the next reply or push message.
     *
     * @throws RespErrorException if it is an error; an error inside a list is an element of the list
     * @throws UncheckedIOException if the connection ended or nothing came in time
     */
    public @Nullable Object read() {
        Object reply;
        try {
            reply = next();
        } catch (IOException e) {
            throw new UncheckedIOException("no reply from " + socket.getRemoteSocketAddress(), e);
        }
        if (reply instanceof RespErrorException error) {
            throw new RespErrorException(String.valueOf(error.getMessage()));
        }
        return reply;
    }

    /** Closes the connection. Idempotent. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is of no use to us any more, which is all that was asked for.
        }
    }

    private @Nullable Object next() throws IOException {
        int type = in.readUnsignedByte();
        String line = line();
        return switch (type) {
            case '+' -> line;
            case '-' -> new RespErrorException(line);
            case ':' -> Long.valueOf(line);
            case '$' -> bulk(Integer.parseInt(line));
            case '=' -> verbatim(Integer.parseInt(line));
            case '!' -> new RespErrorException(String.valueOf(bulk(Integer.parseInt(line))));
            case '*', '~', '>' -> list(Integer.parseInt(line));
            case '%' -> map(Integer.parseInt(line));
            case '_' -> null;
            case '#' -> line.equals("t");
            case ',' -> Double.valueOf(line.replace("inf", "Infinity").replace("nan", "NaN"));
            case '(' -> line;
            case '|' -> {
                map(Integer.parseInt(line));
                yield next();
            }
            default -> throw new IOException("not RESP: byte " + type);
        };
    }

    private @Nullable String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] body = new byte[length];
        in.readFully(body);
        line();
        return new String(body, UTF_8);
    }

    private @Nullable String verbatim(int length) throws IOException {
        String text = bulk(length);
        return text == null ? null : text.substring(Math.min(4, text.length()));
    }

    private @Nullable List<@Nullable Object> list(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            list.add(next());
        }
        return list;
    }

    private Map<Object, @Nullable Object> map(int length) throws IOException {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < length; i++) {
            map.put(String.valueOf(next()), next());
        }
        return map;
    }

    private String line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (next == '\r') {
                in.read();
                return bytes.toString(UTF_8);
            }
            bytes.write(next);
        }
    }
}

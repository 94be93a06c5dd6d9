package io.lumbung.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds loopback TCP ports nobody listens on.
 *
 * <p>The ports lie below the range from which systems pick the local ports of outgoing connections. A client that
 * reconnects in a loop to a dead server can therefore never be given that server's port and end up talking to itself.
 */
public final class FreePort {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final Set<Integer> HANDED_OUT = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /**
     * A port that was free a moment ago and that this JVM has not handed out before.
     *
     * <p>Another process may still take it first: whoever binds it must be ready to ask again.
     */
    public static int next() {
        if (HANDED_OUT.size() > (HIGHEST - LOWEST) / 2) {
            HANDED_OUT.clear(); // Long ago given back, most of them.
        }
        for (int attempt = 0; attempt < 10_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && HANDED_OUT.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST + " on 127.0.0.1");
    }

    /** 127.0.0.1, also where this JVM would rather speak IPv6. */
    public static InetAddress loopback() {
        try {
            return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** Whether a server could listen on {@code port} of 127.0.0.1 right now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(loopback(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}

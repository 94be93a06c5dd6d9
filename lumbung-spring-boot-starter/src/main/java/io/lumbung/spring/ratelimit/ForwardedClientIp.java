package io.lumbung.spring.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's address from the connection and, behind trusted proxies only, from one header. */
final class ForwardedClientIp implements ClientIp {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.ratelimit");
    private static final int MOST_HOPS = 64;

    private final List<IpNetwork> trusted;
    private final String headerName;
    private final ClientIpHeader header;
    private final int prefix;
    private final AtomicBoolean warned = new AtomicBoolean();

    ForwardedClientIp(List<IpNetwork> trusted, String headerName, int prefix) {
        this.trusted = List.copyOf(trusted);
        this.headerName = headerName;
        this.header = ClientIpHeader.named(headerName);
        this.prefix = prefix;
    }

    @Override
    public Optional<String> of(HttpServletRequest request) {
        Optional<IpAddress> known = peer(request.getRemoteAddr());
        if (known.isEmpty() && warned.compareAndSet(false, true)) {
            log.warn("a connection has no IP address, so rules by ip let it pass; is it a Unix socket?");
        }
        return known.map(peer -> isTrusted(peer) ? client(request, peer) : peer)
                .map(client -> client.network(prefix).toString());
    }

    private static Optional<IpAddress> peer(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        // The container names the interface of a link-local address.
        int zone = text.indexOf('%');
        return IpAddress.parse(zone < 0 ? text : text.substring(0, zone)).map(IpAddress::unmapped);
    }

    private IpAddress client(HttpServletRequest request, IpAddress peer) {
        String hops = hops(request);
        IpAddress client = peer;
        int end = hops.length();
        for (int hop = 0; end >= 0 && !hops.isEmpty(); hop++) {
            int comma = header.comma(hops, end);
            Optional<IpAddress> next = header.hop(hops, comma, end).map(IpAddress::unmapped);
            if (next.isEmpty() || hop == MOST_HOPS) {
                return peer;
            }
            client = next.get();
            if (!isTrusted(client)) {
                return client;
            }
            end = comma;
        }
        return client;
    }

    /** Several lines are one list (RFC 9110). */
    private String hops(HttpServletRequest request) {
        Enumeration<String> lines = request.getHeaders(headerName);
        return lines == null ? "" : String.join(",", Collections.list(lines));
    }

    private boolean isTrusted(IpAddress address) {
        for (IpNetwork network : trusted) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}

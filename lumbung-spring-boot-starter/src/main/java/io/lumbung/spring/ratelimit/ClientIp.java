package io.lumbung.spring.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Says which address a request comes from, as one text per client that a client cannot choose.
 *
 * <p>The address is that of the other end of the connection. Only if that is a trusted proxy
 * ({@code lumbung.http.trusted-proxies}) the header it writes is read, from the right, past further trusted proxies, to
 * the first address that is not one. What is not an address there, strictly read, is not guessed at: then it is the
 * other end of the connection after all. Names are never looked up.
 *
 * <p>An IPv4 address inside an IPv6 one ({@code ::ffff:192.0.2.7}, {@code 64:ff9b::c000:207}) is that IPv4 address. Of an
 * IPv6 address only the network counts, 64 bits unless {@code lumbung.http.ipv6-prefix} says otherwise: one client has
 * all the addresses in it. Written canonically: {@code 192.0.2.7}, {@code 2001:db8:1:2::}.
 *
 * <p>Thread-safe; no I/O. An application may have a bean of its own.
 */
@FunctionalInterface
public interface ClientIp {
    /** The address {@code request} comes from; empty if the connection has none, such as a Unix socket. */
    Optional<String> of(HttpServletRequest request);
}

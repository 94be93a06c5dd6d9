package io.lumbung.spring.session;

import io.lumbung.session.Device;
import io.lumbung.spring.ratelimit.ClientIp;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What a user will recognise a session by: where a request comes from, and what its client calls itself. */
final class RequestDevices {
    private final Supplier<@Nullable ClientIp> clientIp;

    /** @param clientIp how addresses are told, if there is a way; asked for late */
    RequestDevices(Supplier<@Nullable ClientIp> clientIp) {
        this.clientIp = clientIp;
    }

    Device of(HttpServletRequest request) {
        return new Device(address(request), Objects.requireNonNullElse(request.getHeader(HttpHeaders.USER_AGENT), ""));
    }

    /** The device of the request this thread works on, if it does. */
    Device current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? of(attributes.getRequest())
                : Device.UNKNOWN;
    }

    private String address(HttpServletRequest request) {
        ClientIp own = clientIp.get();
        Optional<String> address = own == null ? Optional.ofNullable(request.getRemoteAddr()) : own.of(request);
        return address.orElse("");
    }
}

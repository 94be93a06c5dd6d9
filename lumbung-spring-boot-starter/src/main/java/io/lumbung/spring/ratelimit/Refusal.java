package io.lumbung.spring.ratelimit;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The answers to requests that are not let through, as problems of RFC 9457. Nothing a client sent is in them. */
enum Refusal {
    RATE_LIMITED(429, "Too many requests", "too many requests, please try again later"),
    RATE_LIMITER_UNAVAILABLE(
            503, "The rate limiter does not answer", "requests cannot be counted just now, please try again later");

    private final int status;
    private final String body;

    Refusal(int status, String title, String detail) {
        this.status = status;
        String type = "urn:lumbung:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.body = "{\"type\":\"" + type + "\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\""
                + detail + "\",\"code\":\"" + name() + "\"}";
    }

    /** @param retryAfter in seconds, at least 1 */
    void send(HttpServletResponse response, long retryAfter) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Retry-After", Long.toString(retryAfter));
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}

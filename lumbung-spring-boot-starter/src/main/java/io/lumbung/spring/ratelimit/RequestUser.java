package io.lumbung.spring.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Another way to tell who sent a request than its principal: limits by {@code user} ask a bean of this type, too. */
@FunctionalInterface
public interface RequestUser {
    /** The id of the user who sent {@code request}; empty if nobody is logged in. */
    Optional<String> of(HttpServletRequest request);
}

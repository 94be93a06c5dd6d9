/**
 * Rate limits for web applications: rules in YAML, {@code @RateLimited}, and the client's address. Read
 * {@link io.lumbung.spring.ratelimit.LumbungRateLimitAutoConfiguration} first.
 */
@NullMarked
package io.lumbung.spring.ratelimit;

import org.jspecify.annotations.NullMarked;

/** Rate limits that are exact, by the server's clock, in one round trip; start with {@link io.lumbung.ratelimit.RateLimiter}. */
@NullMarked
package io.lumbung.ratelimit;

import org.jspecify.annotations.NullMarked;

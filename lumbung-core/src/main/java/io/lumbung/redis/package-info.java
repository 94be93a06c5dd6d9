/**
 * The gateway: the one narrow way to Redis, and what every feature stands on; start with {@link io.lumbung.redis.Redis}.
 * The only package that knows the client library.
 */
@NullMarked
package io.lumbung.redis;

import org.jspecify.annotations.NullMarked;

package io.lumbung.spring;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where Redis is, said by a bean instead of a property: for a server the application context starts itself, in a test's
 * container for example. It wins over all properties; what it leaves out (pool size, timeouts) is taken from them.
 */
@FunctionalInterface
public interface RedisAddress extends ConnectionDetails {
    /** A URL as {@code lumbung.redis.url} takes it. */
    String url();
}

package io.lumbung.spring.ratelimit;

/**
 * One {@link RateLimited} on a controller.
 *
 * @param place where it stands, for messages
 * @param cost what it asks for, 0 for what the rule says
 */
record AnnotatedUse(String rule, long cost, String place) {}

package io.lumbung.cache;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stored bytes, understood up to the payload.
 *
 * @param bytes all of them
 * @param payload where the value begins
 * @param isNull whether a null is stored
 * @param namespace the token of the cache when the entry was loaded; null in an untagged cache
 * @param tags the tokens of its tags when it was loaded
 */
record Entry(
        byte[] bytes, int payload, boolean isNull, @Nullable String namespace, Map<String, String> tags) {}

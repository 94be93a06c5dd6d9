package io.lumbung.service.web;

import io.lumbung.cache.Source;

/** How a read was answered, as told in the header {@value #HEADER}. */
public final class CacheStatus {

    /** On every read that may come from the cache. */
    public static final String HEADER = "X-Lumbung-Cache";

    /** What its values mean, for the API page. */
    public static final String MEANING =
            "`hit`: from Redis; `miss`: from the database, and kept for the next one; `bypass`: from the database, past"
                    + " the cache, because Redis could not be asked";

    private CacheStatus() {}

    /** The header's value: hit, miss or bypass. */
    public static String of(Source source) {
        return switch (source) {
            case HIT -> "hit";
            case LOADED, SHARED -> "miss";
            case BYPASS -> "bypass";
        };
    }
}

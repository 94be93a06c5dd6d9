package io.lumbung.spring.cache;

import io.lumbung.config.LumbungConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How Spring's caches behave.
 *
 * @param enabled Whether Lumbung is the application's CacheManager.
 * @param dynamic Whether a cache that is not listed under 'caches' is made when it is first named.
 * @param transactionAware Whether writes made inside a transaction reach the cache only after its commit.
 * @param defaults What holds for every cache that does not say otherwise.
 * @param caches What holds for single caches, by name.
 */
@ConfigurationProperties(SpringCacheProperties.PREFIX)
record SpringCacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean dynamic,
        @DefaultValue("true") boolean transactionAware,
        @DefaultValue Defaults defaults,
        @DefaultValue Map<String, Policy> caches) {
    static final String PREFIX = "lumbung.spring-cache";

    /**
     * What holds for every cache that does not say otherwise.
     *
     * @param ttl How long an entry lives, such as 10m or 1m30s; lumbung.cache.default-ttl if not set.
     * @param nulls How long it is remembered that there is no value; not set: nulls are not stored.
     * @param jitter By which part of its time an entry may live shorter, from 0 to less than 1; 0.1 if not set.
     * @param tagged Whether clear() takes one round trip instead of a walk over all keys, for one more token per read.
     * @param maxValueSize The largest value as JSON, at most 1MB, which it is if not set.
     * @param waitAtMost How long a reader waits for another one's load before it loads by itself; 5s if not set.
     */
    record Defaults(
            @Nullable String ttl,
            @Nullable String nulls,
            @Nullable Double jitter,
            @Nullable Boolean tagged,
            @Nullable DataSize maxValueSize,
            @Nullable String waitAtMost) {}

    /**
     * What holds for one cache.
     *
     * @param type The type of its values, such as com.example.User or List&lt;com.example.User&gt;; not set: the return
     *     type of the methods that fill it.
     * @param ttl How long an entry lives, such as 10m or 1m30s.
     * @param nulls How long it is remembered that there is no value; not set: nulls are not stored.
     * @param jitter By which part of its time an entry may live shorter, from 0 to less than 1.
     * @param tagged Whether clear() takes one round trip instead of a walk over all keys, for one more token per read.
     * @param tags Tags every entry carries; the cache is then tagged.
     * @param plainJson Whether nothing but JSON is stored, for services in other languages; not with tags.
     * @param strict Whether a read without a loader fails if Redis does not answer, instead of being a miss.
     * @param maxValueSize The largest value as JSON, at most 1MB.
     * @param waitAtMost How long a reader waits for another one's load before it loads by itself.
     */
    record Policy(
            @Nullable String type,
            @Nullable String ttl,
            @Nullable String nulls,
            @Nullable Double jitter,
            @Nullable Boolean tagged,
            @DefaultValue List<String> tags,
            @DefaultValue("false") boolean plainJson,
            @DefaultValue("false") boolean strict,
            @Nullable DataSize maxValueSize,
            @Nullable String waitAtMost) {
        static final Policy NONE = new Policy(null, null, null, null, null, List.of(), false, false, null, null);
    }

    Policy policy(String cache) {
        return caches.getOrDefault(cache, Policy.NONE);
    }

    /** The name of a setting of one cache, for messages. */
    static String name(String cache, String setting) {
        return PREFIX + ".caches." + cache + "." + setting;
    }

    Optional<Duration> ttl(String cache) {
        return duration(cache, "ttl", policy(cache).ttl(), defaults.ttl());
    }

    Optional<Duration> nulls(String cache) {
        return duration(cache, "nulls", policy(cache).nulls(), defaults.nulls());
    }

    Optional<Duration> waitAtMost(String cache) {
        return duration(cache, "wait-at-most", policy(cache).waitAtMost(), defaults.waitAtMost());
    }

    Optional<Double> jitter(String cache) {
        return first(policy(cache).jitter(), defaults.jitter());
    }

    Optional<DataSize> maxValueSize(String cache) {
        return first(policy(cache).maxValueSize(), defaults.maxValueSize());
    }

    boolean tagged(String cache) {
        return first(policy(cache).tagged(), defaults.tagged())
                .orElse(!policy(cache).tags().isEmpty());
    }

    private static Optional<Duration> duration(
            String cache, String setting, @Nullable String own, @Nullable String general) {
        if (own != null && !own.isBlank()) {
            return Optional.of(LumbungConfig.cacheTtl(name(cache, setting), own));
        }
        return general == null || general.isBlank()
                ? Optional.empty()
                : Optional.of(LumbungConfig.cacheTtl(PREFIX + ".defaults." + setting, general));
    }

    private static <T> Optional<T> first(@Nullable T own, @Nullable T general) {
        return Optional.ofNullable(own != null ? own : general);
    }
}

package io.lumbung.benchmarks;

import io.lumbung.cache.CacheBuilder;
import java.util.ArrayList;
import java.util.List;

/** Who takes part. The first of each list is the baseline that the others are measured against. */
final class Entrants {

    private Entrants() {}

    /** A cache hit, on the same Redis. */
    static List<Entrant<Contender>> hits() {
        return List.of(
                new Entrant<>(
                        "lettuce",
                        "sync API, one shared connection, RESP3, no command metrics",
                        (servers, callers) -> new LettuceContender(servers.redis())),
                new Entrant<>(
                        "lumbung",
                        "untagged cache of JsonText, all else as it comes",
                        (servers, callers) -> LumbungContender.asItIs(servers.redis(), "bench", cache -> cache)),
                new Entrant<>(
                        "lumbung-tagged",
                        "tagged cache of JsonText, entries without tags of their own: the value and the cache's token",
                        (servers, callers) ->
                                LumbungContender.asItIs(servers.redis(), "bench-tagged", CacheBuilder::tagged)),
                new Entrant<>(
                        "lumbung-one-tag",
                        "tagged cache of JsonText, one tag declared: the value and two tokens",
                        (servers, callers) -> LumbungContender.asItIs(
                                servers.redis(), "bench-one-tag", cache -> cache.tags("profiles"))),
                new Entrant<>(
                        "lumbung-parsed",
                        "untagged cache of String: written as JSON, parsed at each hit",
                        (servers, callers) -> LumbungContender.parsed(servers.redis(), "bench-parsed", cache -> cache)),
                new Entrant<>(
                        "lumbung-plain-json",
                        "untagged cache of plain JSON that other languages read, String, parsed at each hit",
                        (servers, callers) ->
                                LumbungContender.parsed(servers.redis(), "bench-plain", CacheBuilder::plainJson)),
                new Entrant<>(
                        "jedis",
                        "RedisClient, RESP3, as many pooled connections as callers but at most 64, all kept",
                        (servers, callers) -> new JedisContender(servers.redis(), callers)),
                new Entrant<>(
                        "redisson-default",
                        "RBucket, StringCodec, all else as it comes: a pool of 64 connections",
                        (servers, callers) ->
                                new RedissonBucketContender(RedissonBucketContender.asItComes(servers.redis()))),
                new Entrant<>(
                        "redisson-bucket",
                        "RBucket, StringCodec, 4 connections",
                        (servers, callers) ->
                                new RedissonBucketContender(RedissonBucketContender.tuned(servers.redis()))),
                new Entrant<>(
                        "redisson-mapcache",
                        "RMapCache with a TTL per entry, StringCodec, 4 connections",
                        (servers, callers) -> new RedissonMapCacheContender(servers.redis())),
                new Entrant<>(
                        "spring-cache",
                        "RedisCache over Lettuce's shared connection, non-locking writer, string serializer",
                        (servers, callers) -> new SpringCacheContender(servers.redis())),
                new Entrant<>(
                        "jetcache",
                        "remote cache over Lettuce, Kryo 5 values, no local cache",
                        (servers, callers) -> new JetCacheContender(servers.redis())));
    }

    /** A cache hit against the read it saves. */
    static List<Entrant<Contender>> againstPostgres() {
        List<Entrant<Contender>> entrants = new ArrayList<>();
        entrants.add(new Entrant<>(
                "postgresql",
                "select by primary key, JDBC, HikariCP with 10 connections",
                (servers, callers) -> new PostgresContender(servers.postgres())));
        entrants.addAll(hits());
        return List.copyOf(entrants);
    }
}

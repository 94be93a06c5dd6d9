package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.List;

/** Who takes part where rates are limited. The first of each list is the baseline. */
final class LimitEntrants {

    private static final String MANY =
            "; one for each limit, asked at once, not all or nothing: what one refuses the others have taken";

    private LimitEntrants() {}

    /** Every algorithm, by its bare script and by Lumbung, and the peers. */
    static List<Entrant<LimitContender>> all(Quota quota) {
        boolean one = quota.limits() == 1;
        List<Entrant<LimitContender>> all = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            all.add(script(algorithm, quota));
        }
        if (!one) {
            all.add(apart(quota));
        }
        for (Algorithm algorithm : Algorithm.values()) {
            all.add(lumbung(nameOf("lumbung", algorithm), algorithm, quota));
        }
        all.add(bucket4j("bucket4j", quota));
        if (one) {
            all.add(batching(quota));
        }
        all.add(redisson("redisson", quota));
        all.add(gateway("gateway", quota));
        return List.copyOf(all);
    }

    /** Refusals: how it is counted matters little then, so one algorithm stands for all. */
    static List<Entrant<LimitContender>> refusing(Quota quota) {
        return List.of(
                new Entrant<>(
                        "ping",
                        "PING: " + SharedConnection.SETTINGS,
                        (servers, callers) -> new RoundTripContender(servers.redis())),
                script(Algorithm.LOG, quota),
                lumbung(nameOf("lumbung", Algorithm.LOG), Algorithm.LOG, quota),
                bucket4j("bucket4j", quota),
                batching(quota),
                redisson("redisson", quota),
                gateway("gateway", quota));
    }

    private static Entrant<LimitContender> script(Algorithm algorithm, Quota quota) {
        String name = nameOf("evalsha", algorithm);
        return new Entrant<>(
                name,
                "Lumbung's script by hand: " + SharedConnection.SETTINGS,
                (servers, callers) -> new ScriptContender(servers.redis(), name, algorithm, quota));
    }

    private static Entrant<LimitContender> apart(Quota quota) {
        return new Entrant<>(
                "evalsha-gcra-apart",
                "the same, all limits on one connection" + MANY,
                (servers, callers) -> new ApartContender(servers.redis(), "apart", Algorithm.GCRA, quota));
    }

    /** @param limiter the limiter's name, part of its keys */
    static Entrant<LimitContender> lumbung(String limiter, Algorithm algorithm, Quota quota) {
        return new Entrant<>(
                nameOf("lumbung", algorithm),
                "RateLimiter, " + algorithm + ", all else as it comes, WARN lines of refusals off",
                (servers, callers) -> new LumbungLimitContender(servers.redis(), limiter, algorithm, quota));
    }

    /** @param name part of the keys */
    static Entrant<LimitContender> bucket4j(String name, Quota quota) {
        return new Entrant<>(
                "bucket4j",
                "casBasedBuilder over one Lettuce connection, greedy refill, expiry by the time to refill, no command"
                        + " metrics; each subject's proxy is kept",
                (servers, callers) -> new Bucket4jContender(servers.redis(), name, false, quota));
    }

    private static Entrant<LimitContender> batching(Quota quota) {
        return new Entrant<>(
                "bucket4j-batching",
                "the same with Optimizations.batching(): callers that ask for one subject at once share a call",
                (servers, callers) -> new Bucket4jContender(servers.redis(), "batching", true, quota));
    }

    /** @param name part of the keys */
    static Entrant<LimitContender> redisson(String name, Quota quota) {
        return new Entrant<>(
                "redisson",
                "RRateLimiter OVERALL, script cache, 4 connections" + (quota.limits() == 1 ? "" : MANY),
                (servers, callers) -> new RedissonLimitContender(servers.redis(), name, quota));
    }

    /** @param name part of the keys */
    static Entrant<LimitContender> gateway(String name, Quota quota) {
        return new Entrant<>(
                "gateway",
                "script of Spring Cloud Gateway's RedisRateLimiter by EVALSHA: " + SharedConnection.SETTINGS
                        + (quota.limits() == 1 ? "" : MANY),
                (servers, callers) -> new GatewayContender(servers.redis(), name, quota));
    }

    static String nameOf(String who, Algorithm algorithm) {
        return who + "-" + algorithm.name().toLowerCase(ROOT);
    }
}

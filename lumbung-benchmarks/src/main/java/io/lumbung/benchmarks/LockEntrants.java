package io.lumbung.benchmarks;

import java.util.List;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;

/** Who takes part where locks are taken. The first of each list is the baseline. */
final class LockEntrants {

    static final String REFERENCE = "bare-scripts";
    static final String OURS = "lumbung";
    static final String REDISSON = "redisson";
    static final String REDISSON_FAIR = "redisson-fair";

    private static final String FOR_THE_SAME_TIME = " held for at most " + LockContender.TTL.toSeconds() + " s";
    private static final String SPRING = ", over Spring Data's shared Lettuce connection, no command metrics";

    private LockEntrants() {}

    /** Whoever takes a lock that is free. */
    static List<Entrant<LockContender>> takers() {
        return List.of(
                bare(
                        REFERENCE,
                        "by hand: SET NX PX in a script, and a script that compares and deletes; no fence, no queue: ",
                        true),
                bare("bare-set", "the same, SET NX PX without a script: ", false),
                lumbung(),
                redisson(),
                redisson(
                        "redisson-watchdog",
                        RedissonLockContender.Kind.WATCHED,
                        "the same, renewed while it is held instead of held for a time"),
                fair(),
                redisson(
                        "redisson-fenced",
                        RedissonLockContender.Kind.FENCED,
                        "RFencedLock and its token, all else the same"),
                new Entrant<>(
                        "shedlock",
                        "ShedLock's RedisLockProvider, safeUpdate," + FOR_THE_SAME_TIME + ", at least 0 s" + SPRING,
                        (servers, callers) -> new ShedLockContender(servers.redis())),
                spin(),
                pubSub());
    }

    /** Whoever can wait for one that is not. */
    static List<Entrant<LockContender>> waiters() {
        return List.of(redisson(), fair(), spin(), pubSub(), lumbung());
    }

    /** Those who wait, as several instances of an application. */
    static List<Entrant<LockInstances>> instances(int instances) {
        return waiters().stream()
                .map(entrant -> LockInstances.of(entrant, instances))
                .toList();
    }

    private static Entrant<LockContender> bare(String name, String what, boolean scripted) {
        return new Entrant<>(
                name,
                what + SharedConnection.SETTINGS,
                (servers, callers) -> new BareLockContender(servers.redis(), scripted));
    }

    private static Entrant<LockContender> lumbung() {
        return new Entrant<>(
                OURS,
                "Locks," + FOR_THE_SAME_TIME + ", all else as it comes",
                (servers, callers) -> new LumbungLockContender(servers.redis()));
    }

    private static Entrant<LockContender> redisson() {
        return redisson(
                REDISSON,
                RedissonLockContender.Kind.LEASED,
                "RLock," + FOR_THE_SAME_TIME + ", script cache, 4 connections");
    }

    private static Entrant<LockContender> fair() {
        return redisson(REDISSON_FAIR, RedissonLockContender.Kind.FAIR, "RFairLock, all else the same");
    }

    private static Entrant<LockContender> redisson(String name, RedissonLockContender.Kind kind, String settings) {
        return new Entrant<>(name, settings, (servers, callers) -> new RedissonLockContender(servers.redis(), kind));
    }

    private static Entrant<LockContender> spin() {
        return registry(
                "spring-spin",
                RedisLockType.SPIN_LOCK,
                "Spring Integration's RedisLockRegistry, SPIN_LOCK, tries every 100 ms," + FOR_THE_SAME_TIME + SPRING
                        + ", 131 072 stripes instead of 256; threads of one instance wait for each other without asking Redis");
    }

    private static Entrant<LockContender> pubSub() {
        return registry("spring-pubsub", RedisLockType.PUB_SUB_LOCK, "the same, PUB_SUB_LOCK");
    }

    private static Entrant<LockContender> registry(String name, RedisLockType type, String settings) {
        return new Entrant<>(name, settings, (servers, callers) -> new RegistryLockContender(servers.redis(), type));
    }
}

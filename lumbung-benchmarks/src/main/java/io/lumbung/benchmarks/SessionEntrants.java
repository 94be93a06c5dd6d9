package io.lumbung.benchmarks;

import io.lumbung.session.SessionPolicy;
import java.time.Duration;
import java.util.List;

/** Who takes part where sessions are kept. The first of each list is the baseline. */
final class SessionEntrants {

    static final String CEILING = "hgetall";
    static final String OURS = "lumbung";
    static final String OURS_EACH_USE = "lumbung-each-use";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SPRING = " over Lettuce's shared connection, no command metrics; ";
    private static final String QUIET = ", no listener of keyspace events, no sweeping";

    private SessionEntrants() {}

    /** A request that finds its session and notes its use. */
    static List<Entrant<SessionContender>> requests() {
        return List.of(
                new Entrant<>(
                        CEILING,
                        "HGETALL of Lumbung's hash by hand, its key known, no use noted, no JSON read: "
                                + SharedConnection.SETTINGS,
                        (servers, callers) -> new HashContender(servers.redis())),
                lumbung(),
                new Entrant<>(
                        OURS_EACH_USE,
                        "the same, its use noted at each request",
                        (servers, callers) -> new LumbungSessionContender(
                                servers.redis(), SessionPolicy.standard().withTouchEvery(Duration.ZERO))),
                plainJdk(),
                plainJson(),
                indexedJdk(),
                indexedJson(),
                sortedSet());
    }

    /** Whoever can make a session. */
    static List<Entrant<SessionContender>> creators() {
        return List.of(plainJdk(), plainJson(), indexedJdk(), indexedJson(), sortedSet(), lumbung());
    }

    /** Whoever finds sessions by user, which Spring Session's default store cannot. */
    static List<Entrant<SessionContender>> finders() {
        return List.of(indexedJdk(), indexedJson(), patient());
    }

    /** The same, and the other way to remember the ends of sessions. */
    static List<Entrant<SessionContender>> enders() {
        return List.of(indexedJdk(), indexedJson(), sortedSet(), patient());
    }

    /** Everybody once, for what it costs. */
    static List<Entrant<SessionContender>> everybody() {
        return List.of(lumbung(), requests().get(2), plainJdk(), plainJson(), indexedJdk(), indexedJson(), sortedSet());
    }

    private static Entrant<SessionContender> lumbung() {
        return new Entrant<>(
                OURS,
                "Sessions of SessionPolicy.standard(), its use noted once a minute, all else as it comes",
                (servers, callers) -> new LumbungSessionContender(servers.redis(), SessionPolicy.standard()));
    }

    private static Entrant<SessionContender> patient() {
        return new Entrant<>(
                OURS,
                "Sessions of SessionPolicy.standard(), a call may take " + PATIENCE.toSeconds()
                        + " s instead of 500 ms, for the peers wait for 60 s, all else as it comes",
                (servers, callers) -> new LumbungSessionContender(servers.redis(), PATIENCE));
    }

    private static Entrant<SessionContender> plainJdk() {
        return new Entrant<>(
                "spring-jdk",
                "Spring Session's RedisSessionRepository" + SPRING + "Java serialization, all else as it comes",
                (servers, callers) ->
                        SpringSessionContender.plain(servers.redis(), "spring-jdk", SpringSessionContender.Format.JDK));
    }

    private static Entrant<SessionContender> plainJson() {
        return new Entrant<>(
                "spring-json",
                "the same, values as JSON without types",
                (servers, callers) -> SpringSessionContender.plain(
                        servers.redis(), "spring-json", SpringSessionContender.Format.JSON));
    }

    private static Entrant<SessionContender> indexedJdk() {
        return new Entrant<>(
                "indexed-jdk",
                "Spring Session's RedisIndexedSessionRepository" + SPRING + "Java serialization" + QUIET,
                (servers, callers) -> SpringSessionContender.indexed(
                        servers.redis(), "indexed-jdk", SpringSessionContender.Format.JDK));
    }

    private static Entrant<SessionContender> indexedJson() {
        return new Entrant<>(
                "indexed-json",
                "the same, values as JSON without types",
                (servers, callers) -> SpringSessionContender.indexed(
                        servers.redis(), "indexed-json", SpringSessionContender.Format.JSON));
    }

    private static Entrant<SessionContender> sortedSet() {
        return new Entrant<>(
                "indexed-sorted-set",
                "the same, with SortedSetRedisSessionExpirationStore: two calls fewer for each write",
                (servers, callers) -> SpringSessionContender.sortedSet(
                        servers.redis(), "indexed-sorted-set", SpringSessionContender.Format.JSON));
    }
}

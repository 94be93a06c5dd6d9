package io.lumbung.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.service.database.OwnPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service as its operators have it: two instances on one PostgreSQL, one Redis for the cache and one for
 * state. Only the last test cares for its place: it ends an instance.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern SESSION = Pattern.compile("\"id\":\"([A-Za-z0-9_-]{22})\"");
    private static final Pattern NAME = Pattern.compile("\"name\":\"version (\\d+)\"");

    private final OwnPostgres postgres = new OwnPostgres();

    // Everything they were told is on disk before they answer, so that a killed one comes back with what it had.
    private final RedisServer redis = safeOnDisk();
    private final RedisServer state = safeOnDisk();

    private ServiceProcess one;
    private ServiceProcess other;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        // Redis may take its time on a busy machine, and still be asked; a dead database is told after one second.
        Files.writeString(folder.resolve(".env"), """
                # where the data lives
                DATABASE_URL="%s"
                REDIS_URL=%s
                LUMBUNG_STATE_REDIS_URL=%s
                PORT=0
                LUMBUNG_CACHE_DEADLINE=2s
                LUMBUNG_SESSION_DEADLINE=2s
                SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT=1000
                """.formatted(postgres.url(), redis.url(), state.url()));
        one = ServiceProcess.packaged(folder, Map.of());
        // Migrations of an empty database are one instance's work at a time; Flyway's lock sees to it.
        other = ServiceProcess.packaged(folder, Map.of());
        one.port();
        other.port();
    }

    @AfterAll
    void end() throws IOException {
        one.close();
        other.close();
        redis.close();
        state.close();
        postgres.close();
    }

    private static RedisServer safeOnDisk() {
        return RedisServer.builder()
                .config("appendonly", "yes")
                .config("appendfsync", "always")
                .start();
    }

    @Test
    void theStartFollowsTheOrderDatabaseRedisHttp() {
        inThisOrder(one.output(), "HikariPool-1 - Start completed", "redis connection established", "ready: http://");
        assertThat(one.output()).doesNotContain("ERROR");
    }

    @Test
    void whatOneInstanceReadTheOtherHasAndWhatOneWritesTheOtherSees() throws Exception {
        String handle = Users.freshHandle();
        Member ana = Member.registered(one, handle);
        String user = ana.page();
        String list = "/api/v1/users?search=" + handle;

        String first = read(one, "miss", user);
        assertThat(read(other, "hit", user)).isEqualTo(first);
        read(other, "miss", list);
        read(one, "hit", list);

        assertThat(ana.put(other, named(handle, 1)).statusCode()).isEqualTo(200);
        assertThat(read(one, "miss", user)).contains("version 1");
        assertThat(read(other, "hit", user)).contains("version 1");
        assertThat(read(one, "miss", list)).contains("version 1");
        assertThat(read(other, "hit", list)).contains("version 1");

        assertThat(ana.send(one, "DELETE", user).statusCode()).isEqualTo(200);
        assertThat(other.get(user).statusCode()).isEqualTo(404);
        assertThat(read(other, "miss", list)).contains("\"total\":0");
    }

    @Test
    void aSessionMadeAtOneInstanceHoldsAtTheOtherUntilEitherEndsIt() throws Exception {
        String handle = Users.freshHandle();
        Member phone = Member.registered(one, handle);
        Member laptop = phone.loggedIn(other, handle);

        assertThat(laptop.put(one, named(handle, 1)).statusCode()).isEqualTo(200);
        assertThat(phone.put(other, named(handle, 2)).statusCode()).isEqualTo(200);
        assertThat(laptop.send(one, "GET", "/api/v1/me").body()).contains("version 2");

        List<String> both = laptop.sessions(one);
        assertThat(both).hasSize(2).containsExactlyInAnyOrderElementsOf(phone.sessions(other));
        String phones = notCurrent(laptop.send(other, "GET", "/api/v1/me/sessions"));
        assertThat(laptop.send(other, "DELETE", "/api/v1/me/sessions/" + phones).statusCode())
                .isEqualTo(200);
        refused(phone.send(one, "GET", "/api/v1/me"), 401, "NOT_LOGGED_IN");
        refused(phone.put(one, named(handle, 3)), 401, "NOT_LOGGED_IN");
        assertThat(laptop.sessions(one)).hasSize(1);

        assertThat(laptop.send(one, "POST", "/api/v1/auth/logout").body()).contains("\"ended\":1");
        refused(laptop.send(other, "GET", "/api/v1/me/sessions"), 401, "NOT_LOGGED_IN");
        refused(laptop.put(other, named(handle, 3)), 401, "NOT_LOGGED_IN");
        assertThat(other.get(phone.page()).body()).contains("version 2");
    }

    @Test
    void withoutTheStatesRedisPagesAreReadAndNobodyIsLoggedOut() throws Exception {
        String handle = Users.freshHandle();
        Member ana = Member.registered(one, handle);
        read(other, "miss", ana.page());

        state.kill();
        for (ServiceProcess instance : List.of(one, other)) {
            read(instance, "hit", ana.page());
            refused(ana.send(instance, "GET", "/api/v1/me"), 503, "SESSION_STORE_UNAVAILABLE");
            refused(ana.put(instance, named(handle, 1)), 503, "SESSION_STORE_UNAVAILABLE");
            refused(instance.post("/api/v1/auth/login", Users.login(handle)), 503, "SESSION_STORE_UNAVAILABLE");
            assertThat(instance.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        }

        state.restart(RedisServer.Data.KEEP);
        for (ServiceProcess instance : List.of(one, other)) {
            await().atMost(SOON)
                    .until(() -> ana.send(instance, "GET", "/api/v1/me").statusCode() == 200);
        }
        assertThat(ana.put(other, named(handle, 1)).statusCode()).isEqualTo(200);
        assertThat(read(one, "miss", ana.page())).contains("version 1");
    }

    @Test
    void underARushOfReadsNobodyOnAnyInstanceSeesAnOlderVersionThanTheLastOneAnswered() throws Exception {
        String handle = Users.freshHandle();
        Member ana = Member.registered(one, handle);
        String user = ana.page();
        String list = "/api/v1/users?search=" + handle;
        assertThat(ana.put(one, named(handle, 0)).statusCode()).isEqualTo(200);
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger hits = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> reads = new ArrayList<>();
            for (ServiceProcess instance : List.of(one, other)) {
                for (String path : List.of(user, list)) {
                    Callable<Integer> reader = () -> {
                        int count = 0;
                        while (!over.get()) {
                            int least = answered.get();
                            HttpResponse<String> answer = instance.get(path);
                            assertThat(version(answer.body())).isGreaterThanOrEqualTo(least);
                            hits.addAndGet(from(answer).equals("hit") ? 1 : 0);
                            count++;
                        }
                        return count;
                    };
                    reads.add(readers.submit(reader));
                }
            }
            for (int version = 1; version <= 150; version++) {
                ServiceProcess writer = version % 2 == 0 ? one : other;
                assertThat(ana.put(writer, named(handle, version)).statusCode()).isEqualTo(200);
                answered.set(version);
            }
            over.set(true);
            for (Future<Integer> read : reads) {
                assertThat(read.get()).isPositive();
            }
            assertThat(hits.get()).isPositive();
        } finally {
            over.set(true);
            readers.shutdownNow();
        }
    }

    @Test
    void withoutTheCachesRedisEverythingIsServedAndWithItsOldDataBackNothingIsStale(@TempDir Path folder)
            throws Exception {
        String handle = Users.freshHandle();
        Member ana = Member.registered(one, handle);
        String user = ana.page();
        String list = "/api/v1/users?search=" + handle;
        for (String path : List.of(user, list)) {
            read(one, "miss", path);
            read(one, "hit", path);
        }

        redis.kill();
        assertThat(read(one, "bypass", user)).contains("Ana Putri");
        assertThat(read(one, "bypass", list)).contains("\"total\":1");
        assertThat(ana.put(one, named(handle, 1)).statusCode()).isEqualTo(200);
        assertThat(read(one, "bypass", user)).contains("version 1");
        assertThat(read(one, "bypass", list)).contains("version 1");
        String second = Member.registered(one, Users.freshHandle()).page();
        read(one, "bypass", second);
        HttpResponse<String> health = one.get("/actuator/health");
        assertThat(health.body())
                .contains("\"lumbung\":{\"details\":{\"status\":\"unhealthy\"")
                .doesNotContain("connected_at");
        for (String probe : List.of("liveness", "readiness")) {
            assertThat(one.get("/actuator/health/" + probe).statusCode()).isEqualTo(200);
        }

        Map<String, String> settings = Map.of(
                "DATABASE_URL", postgres.url(),
                "REDIS_URL", redis.url(),
                "LUMBUNG_STATE_REDIS_URL", state.url(),
                "PORT", "0");
        try (ServiceProcess strict = ServiceProcess.packaged(folder, settings);
                ServiceProcess patient =
                        ServiceProcess.packaged(folder, settings, "--lumbung.redis.required-at-start=false")) {
            assertThat(strict.exitStatus()).isEqualTo(1);
            assertThat(strict.output())
                    .contains("APPLICATION FAILED TO START")
                    .contains("failed to connect to Redis at 127.0.0.1:" + redis.port())
                    .contains("REDIS_URL")
                    .contains("HikariPool-1 - Start completed")
                    .doesNotContain("\tat ");
            assertThat(read(patient, "bypass", user)).contains("version 1");

            redis.restart(RedisServer.Data.KEEP);

            for (ServiceProcess instance : List.of(one, patient)) {
                for (String path : List.of(user, list)) {
                    await().atMost(SOON).until(() -> {
                        HttpResponse<String> answer = instance.get(path);
                        // The one that wrote is never stale; the one that came later may believe Redis a moment too
                        // early.
                        assertThat(instance != one || answer.body().contains("version 1"))
                                .isTrue();
                        return from(answer).equals("hit") && answer.body().contains("version 1");
                    });
                }
            }
        }
        one.said(Pattern.compile("all kept invalidations are confirmed"));
        for (String path : List.of(user, list)) {
            await().atMost(SOON).until(() -> from(other.get(path)).equals("hit"));
            assertThat(other.get(path).body()).contains("version 1");
        }
        await().atMost(SOON)
                .until(() -> one.get("/actuator/health")
                        .body()
                        .contains("\"lumbung\":{\"details\":{\"status\":\"healthy\""));
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aTakenPortIsNamedADeadDatabaseIsToldAndTheEndIsCleanAndInReverseOrder(@TempDir Path folder) throws Exception {
        Map<String, String> samePort =
                Map.of("DATABASE_URL", postgres.url(), "REDIS_URL", redis.url(), "PORT", Integer.toString(one.port()));
        try (ServiceProcess second = ServiceProcess.packaged(folder, samePort)) {
            assertThat(second.exitStatus()).isNotZero();
            assertThat(second.output()).contains("Port " + one.port() + " was already in use");
        }
        String cached = Member.registered(one, Users.freshHandle()).page();
        read(one, "miss", cached);

        postgres.close();
        // Each of these waits for a connection before it gives up; they wait together.
        ExecutorService callers = Executors.newFixedThreadPool(3);
        HttpResponse<String> health;
        try {
            Future<HttpResponse<String>> list = callers.submit(() -> one.get("/api/v1/users?search=nobody-yet"));
            Future<HttpResponse<String>> write =
                    callers.submit(() -> one.post("/api/v1/auth/register", Users.account("budi")));
            Future<HttpResponse<String>> look = callers.submit(() -> one.get("/actuator/health"));
            tellsThatTheDatabaseIsDead(list.get());
            tellsThatTheDatabaseIsDead(write.get());
            health = look.get();
        } finally {
            callers.shutdownNow();
        }
        read(one, "hit", cached);
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body())
                .contains("\"db\":{\"details\":{\"problem\":\"the database does not answer\"}")
                .doesNotContain("Exception")
                .doesNotContain(Integer.toString(postgres.port()));
        assertThat(one.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

        assertThat(one.terminate()).isEqualTo(143);
        inThisOrder(
                one.output(),
                "Graceful shutdown complete",
                "closing redis connection",
                "HikariPool-1 - Shutdown completed");
    }

    private static void tellsThatTheDatabaseIsDead(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("\"code\":\"DATABASE_UNAVAILABLE\"").doesNotContain("Exception");
    }

    private static void refused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }

    /** The id of the one session in a list of two that did not ask for it. */
    private static String notCurrent(HttpResponse<String> list) {
        Matcher session = Pattern.compile("\"id\":\"([^\"]{22})\"[^}]*}[^}]*}?[^}]*\"current\":false")
                .matcher(list.body());
        assertThat(session.find()).as(list.body()).isTrue();
        return session.group(1);
    }

    private static void inThisOrder(String log, String... lines) {
        assertThat(log).containsSubsequence(lines);
    }

    /** Somebody with a page and the session of their registration. */
    private record Member(String page, String token) {

        private static final Pattern COOKIE = Pattern.compile("session=([^;]+); Path=/; HttpOnly; SameSite=Lax");

        static Member registered(ServiceProcess instance, String handle) throws Exception {
            HttpResponse<String> created = instance.post("/api/v1/auth/register", Users.account(handle));
            assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
            return new Member(created.headers().firstValue("Location").orElseThrow(), token(created));
        }

        /** The same person on another device. */
        Member loggedIn(ServiceProcess instance, String handle) throws Exception {
            HttpResponse<String> answer = instance.post("/api/v1/auth/login", Users.login(handle));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return new Member(page, token(answer));
        }

        private static String token(HttpResponse<String> answer) {
            Matcher cookie =
                    COOKIE.matcher(answer.headers().firstValue("Set-Cookie").orElse(""));
            assertThat(cookie.matches()).as(answer.headers().toString()).isTrue();
            return cookie.group(1);
        }

        HttpResponse<String> put(ServiceProcess instance, String body) throws Exception {
            return instance.send("PUT", page, body, token);
        }

        HttpResponse<String> send(ServiceProcess instance, String method, String path) throws Exception {
            return instance.send(method, path, "", token);
        }

        List<String> sessions(ServiceProcess instance) throws Exception {
            HttpResponse<String> answer = send(instance, "GET", "/api/v1/me/sessions");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return SESSION.matcher(answer.body())
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        }
    }

    private static String named(String handle, int version) {
        return Users.body(handle).replace("Ana Putri", "version " + version);
    }

    private static int version(String body) {
        Matcher name = NAME.matcher(body);
        assertThat(name.find()).as(body).isTrue();
        return Integer.parseInt(name.group(1));
    }

    private static String read(ServiceProcess instance, String from, String path) throws Exception {
        HttpResponse<String> answer = instance.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(from(answer)).as(path).isEqualTo(from);
        return answer.body();
    }

    private static String from(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-Lumbung-Cache").orElse("");
    }
}

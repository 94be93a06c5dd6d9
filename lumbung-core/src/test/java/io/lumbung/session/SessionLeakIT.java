package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.StoreException;
import io.lumbung.session.SessionPolicy.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However sessions are made and end, and with nobody who sweeps: in the end Redis is empty. */
@Timeout(1_200)
class SessionLeakIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int SESSIONS = FULL ? 1_000_000 : 50_000;
    private static final int USERS = SESSIONS / 10;
    private static final int THREADS = 16;
    private static final SessionPolicy BRIEF = SessionPolicy.standard()
            .withIdle(Duration.ofSeconds(2))
            .withAbsolute(Duration.ofSeconds(4))
            .withTouchEvery(Duration.ofMillis(100))
            .withGrace(Duration.ofSeconds(1));

    private RedisServer server;
    private SessionBench here;

    @BeforeEach
    void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        here = SessionBench.at(server.url());
    }

    @AfterEach
    void stop() {
        here.close();
        server.close();
    }

    @Test
    void nothingIsLeftOfSessionsThatEndedSomehow() throws Exception {
        long seed = Seed.random("session leaks").nextLong();
        AtomicInteger left = new AtomicInteger(SESSIONS);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS, task -> SessionBench.daemon(task, "leak"));
        List<Future<?>> all = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed + i);
            all.add(pool.submit(() -> {
                List<SessionToken> mine = new ArrayList<>();
                while (left.getAndDecrement() > 0) {
                    live(random, mine);
                }
            }));
        }
        for (Future<?> each : all) {
            each.get();
        }
        pool.shutdown();
        long ended = System.nanoTime();
        expiring(500);
        await().atMost(Duration.ofSeconds(60)).until(() -> keys() == 0);
        System.out.printf(
                "%d sessions of %d users in %d ms; %d ms later 0 keys were left%n",
                SESSIONS, USERS, (ended - began) / 1_000_000, (System.nanoTime() - ended) / 1_000_000);
    }

    private void live(Random random, List<SessionToken> mine) {
        Sessions sessions = here.sessions(
                random.nextInt(4) == 0
                        ? BRIEF.withMost(3, random.nextBoolean() ? WhenFull.REJECT : WhenFull.EVICT_OLDEST)
                        : BRIEF.withIdle(Duration.ofMillis(1_000 + random.nextInt(1_000))));
        String user = "u" + random.nextInt(USERS);
        boolean visitor = random.nextInt(5) == 0;
        if (!(sessions.create(
                        visitor ? NewSession.anonymous() : NewSession.of(user).with("a", 1))
                instanceof CreateResult.Created created)) {
            return;
        }
        mine.add(created.token());
        if (visitor && random.nextBoolean()) {
            sessions.assign(created.token(), user);
        }
        SessionToken some = mine.get(random.nextInt(mine.size()));
        switch (random.nextInt(12)) {
            case 0, 1 -> sessions.find(some);
            case 2 -> sessions.refresh(some);
            case 3 -> sessions.update(some, SessionChange.none().set("b", random.nextInt()));
            case 4, 5, 6 -> {
                if (sessions.rotate(some) instanceof RotateResult.Rotated rotated) {
                    mine.add(rotated.token());
                }
            }
            case 7 -> sessions.destroy(some);
            case 8 -> {
                if (random.nextInt(5) == 0) {
                    sessions.destroyAll("u" + random.nextInt(USERS));
                }
            }
            default -> {
                // It is left to itself.
            }
        }
        if (mine.size() > 20) {
            mine.subList(0, 10).clear();
        }
    }

    @Test
    void aKeyThatStaysIsFound() {
        SessionToken token = ((CreateResult.Created) here.sessions(BRIEF).create(NewSession.of("ana"))).token();
        expiring(10);
        server.command("PERSIST", here.index("ana").text());
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> expiring(10))
                .withMessageContaining(here.index("ana").text());
        await().until(() -> !here.exists(here.key(token)));
        assertThat(keys()).isEqualTo(1);
    }

    @Test
    void aServerThatSleptThroughTheirEndRevivesNothing() {
        Sessions one = here.sessions(BRIEF.withIdle(Duration.ofSeconds(1)).withMost(1, WhenFull.REJECT));
        SessionToken token = ((CreateResult.Created) one.create(NewSession.of("ana"))).token();
        assertThat(one.create(NewSession.of("ana"))).isEqualTo(new CreateResult.Rejected(1));
        server.pause();
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        server.resume();
        await().ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> one.find(token).isEmpty());
        assertThat(one.update(token, SessionChange.none().set("a", 1))).isEqualTo(new UpdateResult.Gone());
        assertThat(one.refresh(token)).isEmpty();
        assertThat(one.list("ana")).isEmpty();
        assertThat(one.create(NewSession.of("ana"))).isInstanceOf(CreateResult.Created.class);
        await().until(() -> keys() == 0);
    }

    private long keys() {
        return (Long) server.command("DBSIZE");
    }

    /** Of some keys, each has an end. */
    private void expiring(int most) {
        here.keysWith("").stream()
                .limit(most)
                .forEach(key ->
                        assertThat((Long) server.command("PTTL", key)).as(key).isNotEqualTo(-1));
    }
}

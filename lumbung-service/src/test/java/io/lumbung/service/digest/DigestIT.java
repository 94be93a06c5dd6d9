package io.lumbung.service.digest;

import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.lock.jdbc.JdbcFence;
import io.lumbung.service.TwoInstances;
import io.lumbung.service.TwoInstances.Instance;
import io.lumbung.service.TwoInstances.Member;
import java.sql.Connection;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** The digest of two instances whose clock strikes when a test says so: a period is a day. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DigestIT {

    private static final Key LOCK = Key.parse("digest");
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ExecutorService callers = Executors.newFixedThreadPool(2);
    private TwoInstances service;
    private Instance one;
    private Instance other;
    private Locks locks;

    @BeforeAll
    void start() {
        service = new TwoInstances("lumbung.service.digest.every=1d", "spring.jdbc.template.query-timeout=60s");
        one = service.one();
        other = service.other();
        locks = other.lumbung().locks();
        // What each of them does at its start must not come between.
        for (Instance instance : List.of(one, other)) {
            await().atMost(LONG)
                    .until(() -> instance.bean(ThreadPoolTaskScheduler.class)
                                    .getScheduledThreadPoolExecutor()
                                    .getCompletedTaskCount()
                            > 0);
        }
        one.users().get("/api/v1/digests/latest").expectStatus().isOk();
    }

    @AfterAll
    void end() {
        callers.shutdownNow();
        service.close();
    }

    /** As if nothing had been written for a day. */
    @BeforeEach
    void nothingIsWritten() {
        locks.forceRelease(LOCK);
        one.jdbc().sql("delete from digests").update();
    }

    @Test
    void countsWhatHappenedInThePeriodAndNothingElse() {
        Instant start = digest().periodStart();
        Member before = one.member(freshHandle());
        Member within = one.member(freshHandle());
        one.member(freshHandle());
        moved(before, start.minusSeconds(1));
        moved(within, start);
        for (Instant at : List.of(start.minusMillis(1), start, start.plusSeconds(86_399), start.plusSeconds(86_400))) {
            for (String table : List.of("links", "socials")) {
                one.jdbc()
                        .sql("insert into " + table + " (id, user_id, " + (table.equals("links") ? "title" : "platform")
                                + ", url, created_at) values (gen_random_uuid(), ?, 'x', 'https://example.org', ?)")
                        .param(before.id())
                        .param(Timestamp.from(at))
                        .update();
            }
        }
        one.jdbc()
                .sql("update users set updated_at = ? where id = ?")
                .param(Timestamp.from(start.plusSeconds(5)))
                .param(before.id())
                .update();
        nothingIsWritten();

        Digest digest = digest();
        assertThat(digest.newUsers()).isEqualTo(1);
        assertThat(digest.newLinks()).isEqualTo(2);
        assertThat(digest.newSocials()).isEqualTo(2);
        assertThat(digest.changedUsers()).isEqualTo(1);
        assertThat(digest.periodEnd()).isEqualTo(start.plusSeconds(86_400));
        other.users()
                .get("/api/v1/digests/latest")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.period_start")
                .isEqualTo(start.toString())
                .jsonPath("$.period_end")
                .isEqualTo(digest.periodEnd().toString())
                .jsonPath("$.new_links")
                .isEqualTo(2)
                .jsonPath("$.changed_users")
                .isEqualTo(1)
                .jsonPath("$.written_by")
                .isEqualTo(job(one).instance());
    }

    @Test
    void ofTwoInstancesThatComeTogetherOneWritesTheDigest() throws Exception {
        for (int round = 0; round < 20; round++) {
            nothingIsWritten();
            CyclicBarrier together = new CyclicBarrier(2);
            Callable<Boolean> first = () -> {
                together.await();
                return job(one).writeDue();
            };
            Future<Boolean> second = callers.submit(() -> {
                together.await();
                return job(other).writeDue();
            });
            boolean byOne = callers.submit(first).get();
            boolean byOther = second.get();

            assertThat(List.of(byOne, byOther)).containsExactlyInAnyOrder(true, false);
            assertThat(written()).containsExactly((byOne ? job(one) : job(other)).instance());
        }
    }

    @Test
    void whoComesLateFindsTheLockStillHeldAndAfterwardsTheDigestWritten() {
        assertThat(job(one).writeDue()).isTrue();
        assertThat(job(other).writeDue()).isFalse();
        assertThat(locks.forceRelease(LOCK)).isTrue();
        assertThat(job(other).writeDue()).isTrue();
        assertThat(written()).containsExactly(job(one).instance());
    }

    @Test
    void anInstanceThatLostItsLeaseIsRefusedByTheFenceAndWritesNothing() throws Exception {
        Future<Boolean> late;
        try (Connection connection = other.bean(DataSource.class).getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock table lumbung_fence in exclusive mode");
            }
            late = callers.submit(() -> job(one).writeDue());
            await().atMost(LONG)
                    .until(() -> one.jdbc()
                                    .sql("select count(*) from pg_locks"
                                            + " where not granted and relation = 'lumbung_fence'::regclass")
                                    .query(Long.class)
                                    .single()
                            > 0);
            assertThat(locks.forceRelease(LOCK)).isTrue();
            try (Lease newer = locks.lock(LOCK).tryAcquire(LONG).orElseThrow()) {
                JdbcFence.in("lumbung_fence").admit(connection, newer);
                connection.commit();
            }
        }
        assertThat(late.get()).isFalse();
        assertThat(written()).isEmpty();
    }

    @Test
    void withoutADigestThereIsNone() {
        isProblem(one.users().get("/api/v1/digests/latest"), 404, "DIGEST_NOT_FOUND");
    }

    @Test
    void withoutRedisNobodyWritesTheLatestIsStillReadAndItIsMadeUpForLater() {
        assertThat(job(one).writeDue()).isTrue();
        one.jdbc()
                .sql("update digests set period_start = period_start - interval '2 days',"
                        + " period_end = period_end - interval '2 days'")
                .update();
        service.redis().kill();
        try {
            assertThat(job(one).writeDue()).isFalse();
            one.users().get("/api/v1/digests/latest").expectStatus().isOk();
        } finally {
            service.redis().restart(RedisServer.Data.KEEP);
            for (Instance instance : List.of(one, other)) {
                await().atMost(LONG).until(() -> instance.lumbung().health().isHealthy());
            }
        }
        locks.forceRelease(LOCK);
        assertThat(job(other).writeDue()).isTrue();
        assertThat(written())
                .containsExactly(
                        job(one).instance(), job(other).instance(), job(other).instance());
    }

    @Test
    void theNameOfAnInstanceSaysNothingAboutItsMachine() {
        assertThat(job(one).instance())
                .matches("instance-[0-9a-f]{8}")
                .isNotEqualTo(job(other).instance());
    }

    private Digest digest() {
        assertThat(job(one).writeDue()).isTrue();
        return one.bean(DigestStore.class).latest().orElseThrow();
    }

    private static WriteDigests job(Instance instance) {
        return instance.bean(WriteDigests.class);
    }

    private List<String> written() {
        return one.jdbc()
                .sql("select written_by from digests order by period_start")
                .query(String.class)
                .list();
    }

    private void moved(Member member, Instant to) {
        one.jdbc()
                .sql("update users set created_at = ?, updated_at = ? where id = ?")
                .param(Timestamp.from(to))
                .param(Timestamp.from(to))
                .param(member.id())
                .update();
    }
}

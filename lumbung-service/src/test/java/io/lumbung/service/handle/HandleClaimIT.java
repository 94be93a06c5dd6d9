package io.lumbung.service.handle;

import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.body;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static io.lumbung.service.Users.login;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.lock.jdbc.JdbcFence;
import io.lumbung.service.TwoInstances;
import io.lumbung.service.TwoInstances.Instance;
import io.lumbung.service.TwoInstances.Member;
import io.lumbung.service.Users;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Claims of handles at two instances on one PostgreSQL and one Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandleClaimIT {

    private static final String CLAIM = "/api/v1/me/handle";
    private static final String REGISTER = "/api/v1/auth/register";
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int CROWD = 16;

    private final ExecutorService callers = Executors.newFixedThreadPool(CROWD);
    private TwoInstances service;
    private Instance one;
    private Instance other;
    private Locks locks;
    private String handle;
    private String wanted;
    private Member ana;
    private Users.Client client;

    @BeforeAll
    void start() {
        // A statement may wait as long as a busy machine needs for what a test does meanwhile.
        service = new TwoInstances("spring.jdbc.template.query-timeout=60s");
        one = service.one();
        other = service.other();
        locks = other.lumbung().locks();
    }

    @AfterAll
    void end() {
        callers.shutdownNow();
        service.close();
    }

    @BeforeEach
    void somebody() {
        handle = freshHandle();
        wanted = freshHandle();
        ana = one.member(handle);
        client = one.users().as(ana.token());
    }

    @AfterEach
    void redisIsBack() {
        service.redis().command("ACL", "SETUSER", "default", "allkeys");
    }

    @Test
    void whoClaimsAFreeHandleHasItAndPageAndSessionStay() {
        client.put(CLAIM, claim("  " + wanted.toUpperCase(Locale.ROOT)))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("Handle claimed successfully")
                .jsonPath("$.data.id")
                .isEqualTo(ana.id().toString())
                .jsonPath("$.data.handle")
                .isEqualTo(wanted);

        for (Instance instance : List.of(one, other)) {
            instance.users()
                    .as(ana.token())
                    .get("/api/v1/me")
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.handle")
                    .isEqualTo(wanted);
        }
        assertThat(handleOf(ana)).isEqualTo(wanted);
        assertThat(locks.state(lock(wanted)).held()).isFalse();
        assertThat(fencesOf(wanted)).isEqualTo(1);
    }

    @Test
    void whoHasAHandleMayClaimItAgain() {
        client.put(CLAIM, claim(wanted)).expectStatus().isOk();
        client.put(CLAIM, claim(wanted)).expectStatus().isOk();
        assertThat(handleOf(ana)).isEqualTo(wanted);
    }

    @Test
    void theFormerHandleIsFreeAndLoggingInGoesByTheNewOne() {
        String id = one.users().registered(handle + "x");
        one.users()
                .as(one.users().session(id))
                .put(CLAIM, claim(wanted))
                .expectStatus()
                .isOk();

        isProblem(other.users().post("/api/v1/auth/login", login(handle + "x")), 401, "WRONG_CREDENTIALS");
        other.users().post("/api/v1/auth/login", login(wanted)).expectStatus().isOk();
        client.put(CLAIM, claim(handle + "x")).expectStatus().isOk();
        isProblem(client.put(CLAIM, claim(wanted)), 409, "HANDLE_TAKEN");
    }

    @Test
    void whatIsCachedUnderEitherHandleIsDropped() {
        List<String> lists = List.of("/api/v1/users?search=" + handle, "/api/v1/users?search=" + wanted, ana.page());
        for (String path : lists) {
            read("miss", path);
            read("hit", path);
        }
        client.put(CLAIM, claim(wanted)).expectStatus().isOk();
        assertThat(read("miss", lists.get(0))).contains("\"total\":0");
        assertThat(read("miss", lists.get(1))).contains("\"total\":1").contains(wanted);
        assertThat(read("miss", lists.get(2))).contains("\"handle\":\"" + wanted + "\"");
    }

    @Test
    void ofACrowdAtBothInstancesExactlyOneGetsTheHandle() throws Exception {
        for (int round = 0; round < 8; round++) {
            String prize = freshHandle();
            List<Member> crowd = crowd();
            List<Future<String>> claims = new ArrayList<>();
            CyclicBarrier together = new CyclicBarrier(CROWD);
            for (int i = 0; i < CROWD; i++) {
                Users.Client claimant =
                        (i % 2 == 0 ? one : other).users().as(crowd.get(i).token());
                claims.add(callers.submit(() -> {
                    together.await();
                    return outcome(claimant.put(CLAIM, claim(prize)));
                }));
            }
            List<Member> winners = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                String outcome = claims.get(i).get();
                if (outcome.equals("done")) {
                    winners.add(crowd.get(i));
                } else {
                    assertThat(outcome).isIn("HANDLE_TAKEN", "HANDLE_BUSY");
                    assertThat(handleOf(crowd.get(i))).isNotEqualTo(prize);
                }
            }
            assertThat(winners).hasSize(1);
            assertThat(handleOf(winners.get(0))).isEqualTo(prize);
            assertThat(count("users", "lower(handle)", prize)).isEqualTo(1);
            assertThat(locks.state(lock(prize)).held()).isFalse();
        }
    }

    @Test
    void ofClaimsAndRegistrationsTogetherExactlyOneGetsTheHandle() throws Exception {
        String prize = freshHandle();
        List<Member> crowd = crowd();
        CyclicBarrier together = new CyclicBarrier(CROWD);
        List<Future<String>> attempts = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            Users users = (i % 2 == 0 ? one : other).users();
            Users.Client claimant = users.as(crowd.get(i).token());
            boolean registers = i % 4 < 2;
            attempts.add(callers.submit(() -> {
                together.await();
                return outcome(
                        registers
                                ? users.nobody().post(REGISTER, account(prize).replace("@", UUID.randomUUID() + "@"))
                                : claimant.put(CLAIM, claim(prize)));
            }));
        }
        List<String> outcomes = new ArrayList<>();
        for (Future<String> attempt : attempts) {
            outcomes.add(attempt.get());
        }
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.equals("done"))
                .as(outcomes.toString())
                .hasSize(1);
        assertThat(outcomes).allMatch(outcome -> outcome.equals("done") || outcome.startsWith("HANDLE_"));
        assertThat(count("users", "lower(handle)", prize)).isEqualTo(1);
    }

    @Test
    void twoWhoSwapTheirHandlesAreToldAConflictAndNothingWorse() throws Exception {
        for (int round = 0; round < 8; round++) {
            String first = freshHandle();
            String second = freshHandle();
            Member budi = one.member(first);
            Member citra = one.member(second);
            CyclicBarrier together = new CyclicBarrier(2);
            Future<String> claim = callers.submit(() -> {
                together.await();
                return outcome(one.users().as(budi.token()).put(CLAIM, claim(second)));
            });
            together.await();
            List<String> outcomes =
                    List.of(outcome(other.users().as(citra.token()).put(CLAIM, claim(first))), claim.get());

            assertThat(outcomes)
                    .allMatch(outcome ->
                            List.of("done", "HANDLE_TAKEN", "HANDLE_BUSY").contains(outcome));
            assertThat(handleOf(budi)).isNotEqualTo(handleOf(citra));
        }
    }

    @Test
    void aClaimThatWaitsForAnotherTransactionInVainIsBusy() {
        HandleClaims claims = one.bean(HandleClaims.class);
        assertThatThrownBy(() -> claims.claim(wanted, lease -> {
                    throw new CannotAcquireLockException("deadlock detected");
                }))
                .isInstanceOfSatisfying(ProblemException.class, busy -> {
                    assertThat(busy.code()).isEqualTo(ProblemCode.HANDLE_BUSY);
                    assertThat(busy.retryAfter()).hasSeconds(1);
                });
        assertThat(locks.state(lock(wanted)).held()).isFalse();
    }

    /** Between taking the lock and its first statement the claim is held up by the table; meanwhile its lock goes to another. */
    @Test
    void aClaimThatLostItsLeaseWhileItWorkedIsRefusedByTheFenceAndChangesNothing() throws Exception {
        read("miss", ana.page());
        JdbcFence fence = JdbcFence.in("lumbung_fence");
        Future<ResponseSpec> late;
        try (Connection connection = other.bean(DataSource.class).getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock table lumbung_fence in exclusive mode");
            }
            late = callers.submit(() -> client.put(CLAIM, claim(wanted)));
            await().atMost(LONG).until(this::somebodyWaitsForTheTable);

            assertThat(locks.forceRelease(lock(wanted))).isTrue();
            try (Lease newer = locks.lock(lock(wanted)).tryAcquire(LONG).orElseThrow()) {
                fence.admit(connection, newer);
                connection.commit();
            }
        }
        isProblem(soon(late.get()), 409, "HANDLE_BUSY")
                .jsonPath("$.errors[0].field")
                .isEqualTo("handle")
                .jsonPath("$.detail")
                .isEqualTo(
                        "handle was claimed by somebody else while this claim took too long; nothing was changed, try"
                                + " again");
        assertThat(handleOf(ana)).isEqualTo(handle);
        assertThat(count("users", "handle", wanted)).isZero();
        // What was not changed is not dropped.
        read("hit", ana.page());
        client.put(CLAIM, claim(wanted)).expectStatus().isOk();
    }

    @Test
    void aHandleThatSomebodyIsClaimingIsBusyForAllOthersAndForALockOfAnotherLanguage() {
        try (Lease claiming = locks.lock(lock(wanted)).tryAcquire(LONG).orElseThrow()) {
            isBusy(client.put(CLAIM, claim(wanted)));
            isBusy(client.put(ana.page(), body(wanted)));
            // Another one is nobody's business.
            client.put(CLAIM, claim(freshHandle())).expectStatus().isOk();
            assertThat(claiming.isHeld()).isTrue();
        }
        service.redis().command("SET", "app:lock:handle:" + wanted, "a worker in Python", "NX", "PX", "60000");
        isBusy(client.put(CLAIM, claim(wanted)));
        service.redis().command("DEL", "app:lock:handle:" + wanted);
        client.put(CLAIM, claim(wanted)).expectStatus().isOk();
    }

    @Test
    void aChangeOfAPageClaimsAnotherHandleAndNeedsNoLockToKeepItsOwn() {
        try (Lease claiming = locks.lock(lock(handle)).tryAcquire(LONG).orElseThrow()) {
            client.put(ana.page(), body(handle)).expectStatus().isOk();
            assertThat(claiming.isHeld()).isTrue();
        }
        assertThat(fencesOf(handle)).isZero();
        client.put(ana.page(), body(wanted)).expectStatus().isOk();
        assertThat(handleOf(ana)).isEqualTo(wanted);
        assertThat(fencesOf(wanted)).isEqualTo(1);
    }

    @Test
    void aHandleThatCannotBeOneIsRefusedBeforeThereIsALock() {
        long locksBefore = locksInRedis();
        for (String hostile : List.of(
                "\"\"",
                "null",
                "\"ab\"",
                "\"" + "a".repeat(31) + "\"",
                "\"" + "a".repeat(60_000) + "\"",
                "\"ana:budi\"",
                "\"{ana}\"",
                "\"ana*\"",
                "\"ana%3Abudi\"",
                "\"ana/../budi\"",
                "\"ana budi\"",
                "\"ana\\nbudi\"",
                "\"ana\\u0000budi\"",
                "\"ana\\ud800\"",
                "\"\\u212Aelvin\"",
                "\"\\u0430na\"",
                "\"ana'; drop table users; --\"",
                "42",
                "[\"ana\"]",
                "{\"$ne\": null}")) {
            isProblem(client.put(CLAIM, "{\"handle\": %s}".formatted(hostile)), 400, "VALIDATION_FAILED")
                    .jsonPath("$.errors[0].field")
                    .isEqualTo("handle");
        }
        isProblem(client.put(CLAIM, "{}"), 400, "VALIDATION_FAILED");
        isProblem(client.put(CLAIM, "{\"handle\":\"ana\",\"id\":\"" + ana.id() + "\"}"), 400, "UNKNOWN_PROPERTY");
        isProblem(client.put(CLAIM, "\"ana\""), 400, "MALFORMED_BODY");
        assertThat(locksInRedis()).isEqualTo(locksBefore);
        assertThat(handleOf(ana)).isEqualTo(handle);
    }

    @Test
    void nobodyAndWhoeverIsGoneClaimNothing() {
        isProblem(one.users().nobody().put(CLAIM, claim(wanted)), 401, "NOT_LOGGED_IN");
        isProblem(one.users().as("aa." + "A".repeat(43)).put(CLAIM, claim(wanted)), 401, "NOT_LOGGED_IN");
        one.jdbc().sql("delete from users where id = ?").param(ana.id()).update();
        isProblem(client.put(CLAIM, claim(wanted)), 401, "NOT_LOGGED_IN");
        assertThat(count("users", "handle", wanted)).isZero();
    }

    @Test
    void withoutRedisClaimingIsRefusedAndReadingGoesOn() {
        service.redis().kill();
        try {
            soon(client.put(CLAIM, claim(wanted)))
                    .expectStatus()
                    .isEqualTo(503)
                    .expectBody()
                    .jsonPath("$.code")
                    .isEqualTo("SESSION_STORE_UNAVAILABLE");
            one.users().get(ana.page()).expectStatus().isOk().expectHeader().valueEquals("X-Lumbung-Cache", "bypass");
            assertThat(handleOf(ana)).isEqualTo(handle);
        } finally {
            service.redis().restart(RedisServer.Data.KEEP);
            for (Instance instance : List.of(one, other)) {
                await().atMost(LONG)
                        .until(() -> outcome(instance.users().as(ana.token()).get("/api/v1/me"))
                                .equals("done"));
            }
        }
        client.put(CLAIM, claim(wanted)).expectStatus().isOk();
    }

    /** A Redis that knows who is logged in and gives no locks. */
    @Test
    void withoutLocksClaimingIsRefusedAndEverythingElseGoesOn() {
        service.redis()
                .command(
                        "ACL",
                        "SETUSER",
                        "default",
                        "resetkeys",
                        "~app:session:*",
                        "~app:user*",
                        "~{app:user*",
                        "~app:cache:*",
                        "~app:tag:*",
                        "~app:ratelimit*",
                        "~{app:ratelimit*");
        for (ResponseSpec refused : List.of(client.put(CLAIM, claim(wanted)), client.put(ana.page(), body(wanted)))) {
            isProblem(soon(refused), 503, "LOCK_STORE_UNAVAILABLE");
        }
        client.put(ana.page(), body(handle)).expectStatus().isOk();
        one.users().get(ana.page()).expectStatus().isOk();
        assertThat(handleOf(ana)).isEqualTo(handle);
    }

    private static void isBusy(ResponseSpec answer) {
        isProblem(soon(answer), 409, "HANDLE_BUSY")
                .jsonPath("$.detail")
                .isEqualTo("handle is being claimed by somebody else; try again in a moment");
    }

    /** Which says when to try again. */
    private static ResponseSpec soon(ResponseSpec answer) {
        return answer.expectHeader().valueEquals(HttpHeaders.RETRY_AFTER, "1");
    }

    private List<Member> crowd() {
        List<Member> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            crowd.add(one.member(freshHandle()));
        }
        return crowd;
    }

    private static String claim(String handle) {
        return "{\"handle\": \"%s\"}".formatted(handle);
    }

    private static Key lock(String handle) {
        return Key.of("handle", handle);
    }

    /** The problem's code, if it is one. */
    private static String outcome(ResponseSpec answer) {
        Map<?, ?> body = answer.returnResult(Map.class).getResponseBody();
        return String.valueOf(body.containsKey("code") ? body.get("code") : "done");
    }

    private String read(String from, String path) {
        return other.users()
                .get(path)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("X-Lumbung-Cache", from)
                .returnResult(String.class)
                .getResponseBody();
    }

    private String handleOf(Member member) {
        return one.jdbc()
                .sql("select handle from users where id = ?")
                .param(member.id())
                .query(String.class)
                .single();
    }

    private long fencesOf(String claimed) {
        return count("lumbung_fence", "lock_name", "handle:" + claimed);
    }

    private long count(String table, String column, String value) {
        return one.jdbc()
                .sql("select count(*) from " + table + " where " + column + " = ?")
                .param(value)
                .query(Long.class)
                .single();
    }

    private long locksInRedis() {
        return ((List<?>) service.redis().command("KEYS", "*app:lock:handle*")).size();
    }

    private boolean somebodyWaitsForTheTable() {
        return one.jdbc()
                        .sql("select count(*) from pg_locks where not granted and relation = 'lumbung_fence'::regclass")
                        .query(Long.class)
                        .single()
                > 0;
    }
}

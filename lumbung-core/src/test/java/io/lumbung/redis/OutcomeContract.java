package io.lumbung.redis;

import static io.lumbung.redis.Rig.get;
import static io.lumbung.redis.Rig.incr;
import static io.lumbung.redis.Rig.patient;
import static io.lumbung.redis.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.Seed;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.BreakerChange;
import io.lumbung.observe.Observation.BreakerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a call through the gateway may and may not do when the link or the server fails, whatever the topology. */
@Timeout(60)
interface OutcomeContract extends OnARig {
    int CUTS = "full".equals(System.getProperty("lumbung.campaign")) ? 500 : 20;
    Script<Long> COUNT = Script.load(OutcomeContract.class, "count.lua", Reply::number);

    @ParameterizedTest
    @EnumSource(Cut.class)
    @Timeout(600)
    default void aHundredPipelinedIncrementsNeverRunTwice(Cut cut) {
        Random random = Seed.random("cut increments by " + cut);
        Tally all = new Tally();
        try (Gateway redis = rig().connect(List.of())) {
            for (int round = 0; round < CUTS; round++) {
                StoreKey counter = rig().key();
                rig().proxy().cutAfterExecution("INCR", 1 + random.nextInt(100), cut);
                Tally tally = new Tally();
                List<Pending<Long>> sent = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    sent.add(redis.send(incr(counter), patient()));
                }
                sent.forEach(tally::count);
                Object stored = rig().direct("GET", counter.text());
                long value = stored == null ? 0 : Long.parseLong(String.valueOf(stored));
                assertThat(value)
                        .as(tally + " after " + cut)
                        .isBetween((long) tally.acknowledged, (long) tally.acknowledged + tally.unknown);
                all.add(tally);
                eventually(() -> redis.call(incr(rig().key()), soon()));
            }
        }
        System.out.println(CUTS + " pipelines of 100 increments cut by " + cut + ": " + all + ", none ran twice");
        assertThat(all.unknown).as("the link was really cut").isPositive();
    }

    @Test
    default void aReadThatWasCutIsAskedAgain() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            redis.call(Command.on("t", "SET", key, Reply::text, "v"), patient());
            rig().proxy().cutAfterExecution("GET", 1, Cut.RST);
            assertThat(redis.call(get(key).repeatable(), patient()).text()).isEqualTo("v");
        }
    }

    @Test
    default void aWriteThatWasCutIsUnknownAndNotAskedAgain() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            rig().proxy().cutAfterExecution("INCR", 1, Cut.FIN);
            assertThatThrownBy(() -> redis.call(incr(key), patient()))
                    .isInstanceOfSatisfying(StoreTimeoutException.class, e -> {
                        assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
                        assertThat(e.operation()).isEqualTo("test.incr");
                        assertThat(e.key()).isEqualTo(key.text());
                        assertThat(e).hasMessageContaining("cut before the reply");
                    });
            assertThat(eventually(() -> redis.call(incr(key), soon()))).isEqualTo(2);
        }
    }

    @Test
    default void thatTheLastTryWasNotDoneProvesNothingAboutTheFirst() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            rig().proxy().cutAfterExecution("INCR", 1, Cut.FIN);
            for (int later = 2; later <= 8; later++) {
                rig().proxy().answer("INCR", later, "-LOADING Redis is loading the dataset in memory");
            }
            assertThatThrownBy(() -> redis.call(incr(key).repeatable(), patient()))
                    .isInstanceOfSatisfying(
                            StoreTimeoutException.class,
                            e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
            assertThat(rig().direct("GET", key.text())).hasToString("1");
        }
    }

    @Test
    default void everyCallEndsWhenNothingAnswers() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            redis.call(incr(key), patient());
            rig().proxy().stall();
            Tally tally = new Tally();
            for (int i = 0; i < 50; i++) {
                tally.count(redis.send(incr(key), soon()));
            }
            assertThat(tally.acknowledged).isZero();
            assertThat(tally.unknown).as("timed out before the circuit opened").isBetween(3, 10);
            assertThat(tally.notDone).as("refused at once by the open circuit").isGreaterThan(30);
            rig().proxy().flow();
            long value = eventually(() -> redis.call(incr(key), soon()));
            assertThat(value).isBetween(2L, 2L + tally.unknown);
        }
    }

    @Test
    default void aLinkThatFellSilentIsCutAndMadeAnew() {
        try (Gateway redis = rig().connect(List.of())) {
            redis.call(incr(rig().key()), patient());
            long before = rig().proxy().accepted();
            rig().proxy().stall();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(rig().proxy().accepted()).isGreaterThan(before));
            rig().proxy().flow();
            assertThat(eventually(() -> redis.call(incr(rig().key()), soon()))).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LOADING Redis is loading the dataset in memory                        | UNAVAILABLE
            MASTERDOWN Link with MASTER is down                                   | UNAVAILABLE
            CLUSTERDOWN The cluster is down                                       | UNAVAILABLE
            TRYAGAIN Multiple keys request during rehashing of slot               | UNAVAILABLE
            READONLY You can't write against a read only replica.                 | UNAVAILABLE
            NOREPLICAS Not enough good replicas to write.                         | UNAVAILABLE
            BUSY Redis is busy running a script.                                  | UNAVAILABLE
            ERR max number of clients reached                                     | UNAVAILABLE
            WRONGTYPE Operation against a key holding the wrong kind of value     | REFUSED
            OOM command not allowed when used memory > 'maxmemory'.               | REFUSED
            MISCONF Redis is configured to save RDB snapshots                     | REFUSED
            NOAUTH Authentication required.                                       | REFUSED
            WRONGPASS invalid username-password pair or user is disabled.         | REFUSED
            NOPERM this user has no permissions to access one of the keys         | REFUSED
            CROSSSLOT Keys in request don't hash to the same slot                 | REFUSED
            ERR unknown command                                                   | REFUSED
            """)
    default void everyErrorReplyIsNotDoneAndSaysSo(String error, String kind) {
        try (Gateway redis = rig().connect(List.of(), RigConfig::withoutRetries)) {
            StoreKey key = rig().key();
            rig().proxy().answer("INCR", 1, "-" + error);
            assertThatThrownBy(() -> redis.call(incr(key), patient()))
                    .isInstanceOf(
                            kind.equals("UNAVAILABLE") ? StoreUnavailableException.class : StoreRefusedException.class)
                    .hasMessageContaining(key.text())
                    .hasMessageContaining(error)
                    .satisfies(e -> assertThat(((StoreException) e).outcome()).isEqualTo(Outcome.NOT_DONE));
            assertThat(eventually(() -> redis.call(incr(key), soon())))
                    .as("it was not executed, and the next call works")
                    .isEqualTo(1);
        }
    }

    @Test
    default void whatTheServerCouldNotDoJustNowIsAskedAgain() {
        try (Gateway redis = rig().connect(List.of())) {
            rig().proxy().answer("INCR", 1, "-TRYAGAIN Multiple keys request during rehashing of slot");
            assertThat(redis.call(incr(rig().key()), patient())).isEqualTo(1);
        }
    }

    @Test
    default void anErrorInsideAScriptLeavesItsOutcomeUnknown() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            redis.call(Command.on("t", "SET", key, Reply::text, "no number"), patient());
            assertThatThrownBy(() -> redis.call(COUNT.on("test.count", List.of(key), 1), patient()))
                    .isInstanceOfSatisfying(
                            StoreRefusedException.class,
                            e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        }
    }

    @Test
    default void flushingTheScriptsGoesUnnoticed() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread flusher = new Thread(() -> {
            while (!stop.get()) {
                rig().direct("SCRIPT", "FLUSH");
            }
        });
        flusher.start();
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            for (int i = 1; i <= 500; i++) {
                assertThat(redis.call(COUNT.on("test.count", List.of(key), 1), patient()))
                        .isEqualTo(i);
            }
            List<Pending<Long>> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                sent.add(redis.send(COUNT.on("test.count", List.of(key), 1), patient()));
            }
            sent.forEach(Pending::await);
            assertThat(redis.call(get(key), patient()).text()).isEqualTo("1000");
        } finally {
            stop.set(true);
            flusher.join();
        }
    }

    @Test
    default void aSlowServerOpensTheCircuitOnceAndDoesNotMakeItFlap() {
        List<Observation> seen = new CopyOnWriteArrayList<>();
        try (Gateway redis = rig().connect(seen)) {
            StoreKey key = rig().key();
            redis.call(incr(key), patient());
            rig().proxy().delay(Duration.ofMillis(500));
            long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            int refused = 0;
            while (System.nanoTime() - end < 0) {
                try {
                    redis.call(incr(key), soon());
                } catch (StoreUnavailableException e) {
                    refused++;
                } catch (StoreTimeoutException e) {
                    assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN);
                }
            }
            System.out.println("refused at once in 4 s of 500 ms latency: " + refused);
            assertThat(states(seen)).containsExactly(BreakerState.OPEN);
            rig().proxy().delay(Duration.ZERO);
            eventually(() -> redis.call(incr(key), soon()));
            assertThat(states(seen)).containsExactly(BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED);
        }
    }

    @Test
    default void anOpenCircuitCostsNextToNothing() {
        try (Gateway redis = rig().connect(List.of())) {
            rig().proxy().forgetCommands();
            rig().proxy().stall();
            StoreKey key = rig().key();
            Tally tally = new Tally();
            for (int i = 0; i < 10; i++) {
                tally.count(redis.send(incr(key), soon()));
            }
            long[] nanos = new long[20_000];
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                tally.count(redis.send(incr(key), soon()));
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            System.out.println("open circuit, µs a call: median " + nanos[nanos.length / 2] / 1000.0 + ", p99 "
                    + nanos[nanos.length * 99 / 100] / 1000.0);
            assertThat(rig().proxy().count("INCR")).as("none went out").isLessThan(20);
        }
    }

    @Test
    default void whatPilesUpBeforeASilentServerIsBounded() {
        try (Gateway redis = rig().connect(List.of())) {
            rig().proxy().stall();
            StoreKey key = rig().key();
            List<Pending<Long>> sent = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                sent.add(redis.send(incr(key), soon()));
            }
            rig().proxy().cutAll(Cut.RST);
            Tally tally = new Tally();
            sent.forEach(tally::count);
            System.out.println("piled up before a silent server: " + tally);
            assertThat(tally.notDone).as("refused because the queue is full").isPositive();
            rig().proxy().heal();
            long value = eventually(() -> redis.call(incr(key), soon()));
            assertThat(value).isLessThanOrEqualTo(tally.acknowledged + tally.unknown + 1L);
        }
    }

    @Test
    default void anInterruptedCallerKeepsItsFlag() {
        try (Gateway redis = rig().connect(List.of())) {
            rig().proxy().stallReplies();
            Pending<Long> pending = redis.send(incr(rig().key()), patient());
            Thread.currentThread().interrupt();
            assertThatThrownBy(pending::await)
                    .isInstanceOf(StoreTimeoutException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    default void repliesInTinyPiecesAreTheSameReplies() {
        try (Gateway redis = rig().connect(List.of())) {
            rig().proxy().slice(1);
            StoreKey key = rig().key();
            String value = "漢\r\n$5\r\n".repeat(50);
            redis.call(Command.on("t", "SET", key, Reply::text, value), patient());
            assertThat(redis.call(get(key), patient()).text()).isEqualTo(value);
        }
    }

    @Test
    default void whatIsOverBeforeItIsSentIsNotDone() {
        try (Gateway redis = rig().connect(List.of())) {
            assertThatThrownBy(() -> redis.call(incr(rig().key()), Deadline.in(Duration.ZERO)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("no time was left");
        }
    }

    private static List<BreakerState> states(List<Observation> seen) {
        return seen.stream()
                .filter(BreakerChange.class::isInstance)
                .map(change -> ((BreakerChange) change).state())
                .toList();
    }

    /** Repeats a call that may fail until it works. */
    static <T> T eventually(Supplier<T> call) {
        return await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(call::get, result -> true);
    }

    /** How many calls ended how. */
    final class Tally {
        volatile int acknowledged;
        volatile int unknown;
        volatile int notDone;

        void count(Pending<?> pending) {
            try {
                pending.await();
                acknowledged++;
            } catch (StoreException e) {
                if (e.outcome() == Outcome.UNKNOWN) {
                    unknown++;
                } else {
                    notDone++;
                }
            }
        }

        void add(Tally other) {
            acknowledged += other.acknowledged;
            unknown += other.unknown;
            notDone += other.notDone;
        }

        @Override
        public String toString() {
            return acknowledged + " acknowledged, " + unknown + " unknown, " + notDone + " not done";
        }
    }
}

package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lumbung.Seed;
import io.lumbung.embedded.RedisSentinel;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.lock.LockChaos.Fault;
import io.lumbung.lock.LockHistory.Finding;
import io.lumbung.lock.LockHistory.Life;
import io.lumbung.lock.LockHistory.Span;
import io.lumbung.lock.LockTrace.Kind;
import io.lumbung.lock.LockTrace.Step;
import io.lumbung.lock.LockWorkers.Broken;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Processes contend for locks and write to what these protect, while all goes wrong that can; afterwards their histories are
 * put beside what the server did and what the resource accepted.
 */
@Timeout(1_200)
class LockHistoryIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FEW = "brief:100:150,short:150:300,middle:300:800,long:1000:2500";

    private static EmbeddedPostgres postgres;
    private static String registers;

    @TempDir
    private Path folder;

    private static @Nullable Level level;

    @BeforeAll
    static void start() throws Exception {
        level = logger().getLevel();
        logger().setLevel(Level.OFF);
        postgres = LockRegister.start();
        registers = LockRegister.url(postgres);
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
        logger().setLevel(level);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.lumbung");
    }

    // Whatever breaks

    @Test
    void noStaleWriteIsAcceptedWhateverBreaks() throws Exception {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        faults.put(Fault.PAUSE, FULL ? 200 : 6);
        faults.put(Fault.KILL, FULL ? 100 : 2);
        faults.put(Fault.CUT, FULL ? 2_000 : 60);
        faults.put(Fault.DELAY, FULL ? 60 : 3);
        faults.put(Fault.DEAF, FULL ? 60 : 3);
        faults.put(Fault.FLUSH, FULL ? 60 : 3);
        faults.put(Fault.FORGET, FULL ? 30 : 3);
        faults.put(Fault.SERVER, FULL ? 20 : 1);
        Random random = Seed.random("LockHistoryIT.noStaleWriteIsAcceptedWhateverBreaks");
        List<String> locks = names(FEW);
        List<FaultProxy> ways = new ArrayList<>();
        List<LockPlace> places = new ArrayList<>();
        LockHistory history = new LockHistory();
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start();
                LockTrace trace = LockTrace.of(server);
                LockBench here = LockBench.at(server.url())) {
            for (int i = 0; i < 3; i++) {
                FaultProxy way = FaultProxy.inFrontOf(server);
                ways.add(way);
                places.add(LockPlace.start(random.nextLong(), registers, "NOTHING;5;" + FEW + ";" + way.url()));
            }
            for (LockPlace place : places) {
                place.ready();
            }
            LockChaos chaos = new LockChaos(random, server, places, ways, locks);
            chaos.run(faults, Duration.ofSeconds(FULL ? 480 : 7));
            calm(places, here, locks, Duration.ofMillis(2_500), history);
            List<Life> lives =
                    places.stream().flatMap(place -> place.lives().stream()).toList();
            lives.forEach(life -> history.add(life, Set.of()));
            history.judgeLeases();
            for (String lock : locks) {
                heardAll(trace, here, lock);
                history.judgeGrants(lock, of(trace, lock));
                history.judgeWritten(lock, trace);
                history.judgeServer(lock, trace, chaos.faults, chaos.away);
                history.judgeAccepted(lock, LockRegister.accepted(registers, lock));
            }
            System.out.println(faults + " at " + lives.size() + " processes\n" + history);
        } finally {
            places.forEach(LockPlace::close);
            ways.forEach(FaultProxy::close);
            LockRegister.clear(registers);
        }
        assertThat(history.findings()).isEmpty();
        assertThat(history.count("redis writes refused")).isPositive();
        assertThat(history.count("sql writes refused")).isPositive();
        assertThat(history.count("lost")).isPositive();
        // About a second is promised; ten are for a busy machine.
        assertThat(history.count("free though somebody waited, something wrong, ms at most"))
                .isLessThan(10_000);
    }

    /** Everybody finishes; then nothing is left of anybody who lives. */
    private static void calm(
            List<LockPlace> places, LockBench here, List<String> locks, Duration longest, LockHistory history)
            throws InterruptedException {
        places.forEach(LockPlace::stop);
        for (LockPlace place : places) {
            place.awaitStopped();
        }
        history.judgeLeft(remaining(Duration.ofSeconds(5), () -> {
            List<String> waiting = new ArrayList<>();
            for (String lock : locks) {
                for (LockPlace place : places) {
                    for (String name : place.names()) {
                        here.queue(lock).stream()
                                .filter(owner -> owner.startsWith(name + "."))
                                .forEach(owner -> waiting.add(owner + " in the queue of " + lock));
                    }
                }
            }
            return waiting;
        }));
        history.judgeLeft(remaining(
                longest.plusSeconds(2),
                () -> locks.stream()
                        .filter(lock -> here.number("EXISTS", here.key(lock)) == 1)
                        .map(lock -> "lock " + lock)
                        .toList()));
        // The dead go when somebody asks who is next.
        for (String lock : locks) {
            Lease lease =
                    here.locks.acquire(lock, Duration.ofSeconds(10), PATIENCE).orElseThrow();
            lease.release();
            history.judgeLeft(here.keysWith("app:lock:" + lock).stream()
                    .filter(key -> key.endsWith("queue") || key.endsWith("waiters") || key.equals("app:lock:" + lock))
                    .toList());
        }
    }

    private interface Left {
        List<String> now();
    }

    /** What is left after {@code atMost}, or nothing as soon as that is so. */
    private static List<String> remaining(Duration atMost, Left left) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            List<String> now = left.now();
            if (now.isEmpty() || System.nanoTime() - end > 0) {
                return now;
            }
            LockChaos.sleep(20_000_000);
        }
    }

    private static List<String> names(String locks) {
        return LockWorkers.Contested.all(locks).stream()
                .map(LockWorkers.Contested::name)
                .toList();
    }

    private static List<Step> of(LockTrace trace, String lock) {
        return trace.steps().stream().filter(step -> step.lock().equals(lock)).toList();
    }

    private static List<Step> of(LockTrace trace, String lock, Kind kind) {
        return trace.steps().stream()
                .filter(step -> step.lock().equals(lock) && step.kind() == kind)
                .toList();
    }

    /** Waits until the trace has what was done before this call. */
    private static void heardAll(LockTrace trace, LockBench here, String lock) throws InterruptedException {
        Lease last = here.locks.acquire(lock, Duration.ofSeconds(10), PATIENCE).orElseThrow();
        last.release();
        await().atMost(PATIENCE)
                .until(() -> of(trace, lock, Kind.GRANTED).stream()
                        .anyMatch(step -> step.owner().equals(last.owner())));
    }

    // Failovers

    @Test
    void noStaleWriteIsAcceptedThoughFailoversForgetGrants() throws Exception {
        int failovers = FULL ? 10 : 2;
        String few = "lasting:5000:9000,brief-failover:200:400,middle-failover:600:1200";
        List<String> locks = names(few);
        Random random = Seed.random("LockHistoryIT.noStaleWriteIsAcceptedThoughFailoversForgetGrants");
        List<LockPlace> places = new ArrayList<>();
        List<LockTrace> traces = new ArrayList<>();
        LockHistory history = new LockHistory();
        long forgotten = 0;
        try (RedisSentinel group =
                RedisSentinel.builder().server(server -> server.inMemoryOnly()).start()) {
            LockTrace trace = LockTrace.of(group.master());
            traces.add(trace);
            for (int i = 0; i < 2; i++) {
                places.add(LockPlace.start(random.nextLong(), registers, "NOTHING;4;" + few + ";" + group.url()));
            }
            for (LockPlace place : places) {
                place.ready();
            }
            for (int i = 0; i < failovers; i++) {
                granted(trace, locks);
                RedisServer master = group.master();
                RedisServer replica = group.replicas().get(0);
                LockTrace next = LockTrace.of(replica);
                traces.add(next);
                // It reads what it was sent so far, and nothing that happens from now on.
                replica.pause();
                master.command("CLIENT", "KILL", "TYPE", "replica");
                long before = trace.count(Kind.GRANTED);
                granted(trace, locks);
                // It sleeps meanwhile, and goes on as if nothing had happened.
                Runnable resume = holder(places, trace, locks.get(0)).pause();
                master.kill();
                forgotten += trace.count(Kind.GRANTED) - before;
                replica.resume();
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(IllegalStateException.class)
                        .until(() -> group.master() == replica);
                granted(next, locks);
                resume.run();
                master.restart(RedisServer.Data.EMPTY);
                group.awaitHealthy();
                trace = next;
            }
            for (LockPlace place : places) {
                place.stop();
            }
            for (LockPlace place : places) {
                place.awaitStopped();
                place.lives().forEach(life -> history.add(life, Set.of()));
            }
            history.judgeLeases();
            try (LockBench here = LockBench.at(group.url())) {
                for (String lock : locks) {
                    heardAll(trace, here, lock);
                    history.judgeGrants(
                            lock,
                            traces.stream()
                                    .flatMap(each -> each.steps().stream())
                                    .filter(step -> step.lock().equals(lock))
                                    .sorted(Comparator.comparingLong(Step::micros))
                                    .toList());
                    history.judgeAccepted(lock, LockRegister.accepted(registers, lock));
                }
            }
            System.out.println(failovers + " failovers that forgot " + forgotten + " grants\n" + history);
        } finally {
            places.forEach(LockPlace::close);
            traces.forEach(LockTrace::close);
            LockRegister.clear(registers);
        }
        assertThat(forgotten).isGreaterThanOrEqualTo(failovers);
        assertThat(history.count("sql writes refused")).isPositive();
        // A failover that forgets a grant lets two hold it: that is what the fence is for.
        history.findings().remove(Finding.HELD_BY_TWO);
        assertThat(history.findings()).isEmpty();
    }

    /** Whose process the lock was given to last. */
    private static LockPlace holder(List<LockPlace> places, LockTrace trace, String lock) {
        List<Step> granted = of(trace, lock, Kind.GRANTED);
        String owner = granted.get(granted.size() - 1).owner();
        return places.stream()
                .filter(place -> place.names().contains(owner.substring(0, owner.indexOf('.'))))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until each of the locks was given to somebody once more. */
    private static void granted(LockTrace trace, List<String> locks) {
        Map<String, Integer> before = new HashMap<>();
        locks.forEach(lock -> before.put(lock, of(trace, lock, Kind.GRANTED).size()));
        await().atMost(PATIENCE)
                .until(() -> locks.stream()
                        .allMatch(lock -> of(trace, lock, Kind.GRANTED).size() > before.get(lock)));
    }

    // In turn

    @Test
    void aHundredWaitersOfTwoProcessesAreServedInTheOrderInWhichTheyCame() throws Exception {
        List<LockPlace> places = new ArrayList<>();
        LockHistory history = new LockHistory();
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start();
                LockTrace trace = LockTrace.of(server);
                LockBench here = LockBench.at(server.url())) {
            Lease first = here.locks.tryAcquire("line", Duration.ofMinutes(5)).orElseThrow();
            for (int i = 0; i < 2; i++) {
                places.add(LockPlace.start(i, registers, "NOTHING;50!;line:10000:10000;" + server.url()));
            }
            for (LockPlace place : places) {
                place.ready();
            }
            await().atMost(PATIENCE).until(() -> here.waiting("line") == 100);
            List<String> line = here.queue("line");
            long began = System.nanoTime();
            first.release();
            for (LockPlace place : places) {
                place.stop();
                place.awaitStopped();
            }
            long took = System.nanoTime() - began;
            heardAll(trace, here, "line");
            places.forEach(place -> place.lives().forEach(life -> history.add(life, Set.of())));
            history.judgeLeases();
            history.judgeGrants("line", of(trace, "line"));
            history.judgeServer("line", trace, List.of(), List.of());
            List<String> served =
                    of(trace, "line", Kind.GRANTED).stream().map(Step::owner).toList();
            List<String> late = lateBeats(trace, line);
            System.out.printf(
                    "100 waiters in %d ms, %d messages, %d of them late and at the end of the line again%n%s%n",
                    took / 1_000_000, trace.count(Kind.WOKEN), late.size(), history);
            assertThat(served).containsAll(line);
            assertThat(served.stream().filter(line::contains).filter(owner -> !late.contains(owner)))
                    .containsExactlyElementsOf(
                            line.stream().filter(owner -> !late.contains(owner)).toList());
            // One for each hand-over, but for those whose waiter did not need it.
            assertThat(trace.count(Kind.WOKEN)).isLessThanOrEqualTo(102);
        } finally {
            places.forEach(LockPlace::close);
        }
        assertThat(history.findings()).isEmpty();
        assertThat(history.count("leases")).isEqualTo(100);
    }

    /** Who was taken for dead, because a busy machine let it speak too late, and came again. */
    private static List<String> lateBeats(LockTrace trace, List<String> line) {
        List<String> granted = new ArrayList<>();
        List<String> late = new ArrayList<>();
        for (Step step : trace.steps()) {
            if (step.kind() == Kind.GRANTED) {
                granted.add(step.owner());
            } else if (step.kind() == Kind.UNQUEUED && !granted.contains(step.owner()) && line.contains(step.owner())) {
                late.add(step.owner());
            }
        }
        return late;
    }

    // What is broken is found

    /** What is made wrong, and what it is found by. */
    private enum Wrong {
        NOTHING(Broken.NOTHING, null),
        A_DATABASE_THAT_COMPARES_NOTHING(Broken.GUARD_THAT_COMPARES_NOTHING, Finding.STALE_ACCEPTED),
        A_LEASE_COUNTED_FROM_THE_ANSWER(Broken.COUNTED_FROM_THE_ANSWER, Finding.HELD_AFTER_THE_NEXT),
        A_LEASE_HELD_UNTIL_IT_IS_RELEASED(Broken.HELD_UNTIL_RELEASED, Finding.HELD_BY_TWO),
        A_LEASE_LOST_IN_SILENCE(Broken.LOST_IN_SILENCE, Finding.LOST_UNTOLD),
        A_VALUE_THAT_COMPARES_NOTHING(
                "write.lua",
                "if fence > tonumber(ARGV[1]) or (fence == tonumber(ARGV[1]) and seen[2] ~= ARGV[2]) then return seen[1] end",
                "",
                Finding.STALE_ACCEPTED),
        A_RELEASE_BY_ANYBODY(
                "withdraw.lua",
                "holder and string.match(holder, '^(.*)|%d+$') == ARGV[1]",
                "holder",
                Finding.HELD_BY_TWO),
        A_CLOCK_THAT_LEAPS_IS_THE_FENCE(
                "acquire.lua",
                "math.max(previous + 1, micros)",
                "micros - micros % 5 * 1000000",
                Finding.FENCE_NOT_GREATER),
        A_QUEUE_THAT_LETS_PASS("acquire.lua", "and (not first or first == ARGV[1])", "", Finding.BARGED),
        A_WAITER_THAT_STAYS("withdraw.lua", "local left = leave(ARGV[1])", "local left = false", Finding.LEFT_BEHIND);

        private final Broken broken;
        private final String script;
        private final String ours;
        private final String theirs;
        private final @Nullable Finding finding;

        Wrong(Broken broken, @Nullable Finding finding) {
            this(broken, "", "", "", finding);
        }

        Wrong(String script, String ours, String theirs, Finding finding) {
            this(Broken.NOTHING, script, ours, theirs, finding);
        }

        Wrong(Broken broken, String script, String ours, String theirs, @Nullable Finding finding) {
            this.broken = broken;
            this.script = script;
            this.ours = ours;
            this.theirs = theirs;
            this.finding = finding;
        }

        String lock() {
            return "wrong" + ordinal();
        }

        /** Writes scripts into a folder that are wrong for the locks of those who want them to be, and else ours. */
        static String folder(Path root) throws IOException {
            Path beside = Files.createDirectories(root.resolve("io/lumbung/lock"));
            Map<String, String> scripts = new HashMap<>();
            for (Wrong wrong : values()) {
                if (!wrong.script.isEmpty()) {
                    String right = text(wrong.script);
                    assertThat(right).contains(wrong.ours);
                    scripts.put(
                            wrong.script,
                            "if string.find(KEYS[1], '" + wrong.lock() + "', 1, true) then\n"
                                    + right.replace(wrong.ours, wrong.theirs) + "\nelse\n"
                                    + scripts.getOrDefault(wrong.script, right) + "\nend\n");
                }
            }
            for (Map.Entry<String, String> script : scripts.entrySet()) {
                Files.writeString(beside.resolve(script.getKey()), script.getValue());
            }
            return root.toString();
        }

        private static String text(String script) throws IOException {
            try (InputStream in = LockHistoryIT.class.getResourceAsStream(script)) {
                return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    @Test
    void whatIsBrokenIsFound() throws Exception {
        Map<Wrong, LockHistory> histories = new LinkedHashMap<>();
        List<LockPlace> places = new ArrayList<>();
        Random random = Seed.random("LockHistoryIT.whatIsBrokenIsFound");
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start();
                FaultProxy slow = FaultProxy.inFrontOf(server);
                LockTrace trace = LockTrace.of(server);
                LockBench here = LockBench.at(server.url())) {
            List<String> groups = new ArrayList<>(List.of(registers));
            for (Wrong wrong : Wrong.values()) {
                histories.put(wrong, new LockHistory());
                groups.add(wrong.broken + ";3;" + wrong.lock() + ":100:150;" + server.url()
                        + (wrong.broken == Broken.COUNTED_FROM_THE_ANSWER ? ";" + slow.url() : ""));
            }
            places.add(LockPlace.start(Wrong.folder(folder), random.nextLong(), groups.toArray(String[]::new))
                    .ready());
            slow.delay(Duration.ofMillis(40));
            for (int i = 0; i < 8 || (i < 100 && !busy(trace)); i++) {
                LockChaos.sleep(400_000_000);
                for (Wrong wrong : Wrong.values()) {
                    server.command("DEL", "{app:lock:" + wrong.lock() + "}:fence");
                }
            }
            slow.heal();
            // Whoever waits for it now goes without it.
            Lease block = here.locks
                    .acquire(Wrong.A_WAITER_THAT_STAYS.lock(), Duration.ofSeconds(30), PATIENCE)
                    .orElseThrow();
            LockChaos.sleep(300_000_000);
            places.forEach(LockPlace::stop);
            for (LockPlace place : places) {
                place.awaitStopped();
            }
            for (Wrong wrong : Wrong.values()) {
                history(wrong, histories.get(wrong), places, trace, here, block);
            }
        } finally {
            places.forEach(LockPlace::close);
            LockRegister.clear(registers);
        }
        histories.forEach((wrong, history) -> System.out.println(wrong + ":\n" + history));
        histories.forEach((wrong, history) -> {
            if (wrong.finding == null) {
                assertThat(history.findings()).as("nothing wrong").isEmpty();
            } else {
                assertThat(history.findings()).as(wrong.name()).containsKey(wrong.finding);
            }
        });
    }

    /** Whether enough happened for what is wrong to show; where waiters stay, little does. */
    private static boolean busy(LockTrace trace) {
        return Stream.of(Wrong.values())
                .filter(wrong -> wrong != Wrong.A_WAITER_THAT_STAYS)
                .allMatch(wrong -> of(trace, wrong.lock(), Kind.GRANTED).size() > 60);
    }

    private static void history(
            Wrong wrong, LockHistory history, List<LockPlace> places, LockTrace trace, LockBench here, Lease block)
            throws InterruptedException, SQLException {
        String lock = wrong.lock();
        // A lease that somebody left to itself must have ended, and been told of.
        if (!block.lock().text().equals(lock)) {
            await().atMost(PATIENCE).until(() -> here.number("EXISTS", here.key(lock)) == 0);
        }
        history.judgeLeft(here.queue(lock));
        if (block.lock().text().equals(lock)) {
            block.release();
        }
        heardAll(trace, here, lock);
        places.forEach(place -> place.lives().forEach(life -> history.add(life, Set.of(lock))));
        history.judgeLeases();
        history.judgeGrants(lock, of(trace, lock));
        history.judgeWritten(lock, trace);
        history.judgeServer(lock, trace, List.<Span>of(), List.of());
        history.judgeAccepted(lock, LockRegister.accepted(registers, lock));
    }
}

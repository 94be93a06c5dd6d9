package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lumbung.Seed;
import io.lumbung.codec.JsonCodec;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.RespConnection;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Gateway;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.OwnClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * 32 threads on few subjects, by the server's own clock: every answer is what a plain reference says when the requests
 * come one after the other in the order of the server's moments, and that order is one the callers saw. The limiters are
 * in shadow, so that every request asks; what is refused without asking is another test's matter.
 */
@Timeout(300)
class LimitLinearIT {
    private static final int THREADS = 32;
    private static final int SUBJECTS = 3;
    private static final int REQUESTS = "full".equals(System.getProperty("lumbung.campaign")) ? 5_000 : 300;

    private static RedisServer server;
    private static ExecutorService threads;
    private static ScheduledExecutorService timer;
    private static final List<Gateway> gateways = new ArrayList<>();
    private static final List<OverheardRedis> processes = new ArrayList<>();

    @BeforeAll
    static void start() {
        logger().setLevel(Level.ERROR);
        server = RedisServer.builder().inMemoryOnly().start();
        threads = Executors.newFixedThreadPool(THREADS);
        timer = Executors.newScheduledThreadPool(1);
        for (int process = 0; process < 2; process++) {
            Gateway gateway = Gateway.connect(
                    LumbungConfig.builder().url(server.url()).build().redis(),
                    Duration.ofSeconds(5),
                    Observer.NONE,
                    Runnable::run);
            gateways.add(gateway);
            processes.add(new OverheardRedis(gateway));
        }
    }

    @AfterAll
    static void stop() {
        gateways.forEach(Gateway::close);
        timer.shutdownNow();
        threads.shutdownNow();
        server.close();
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.lumbung.ratelimit");
    }

    enum Kinds {
        LOG(RateLimit.slidingLog(20, Duration.ofMillis(20))),
        COUNTER(RateLimit.slidingCounter(20, Duration.ofMillis(15))),
        SMOOTH(RateLimit.smooth(40, Duration.ofMillis(40), 9)),
        TOGETHER(
                RateLimit.slidingLog(20, Duration.ofMillis(20)).named("log"),
                RateLimit.slidingCounter(30, Duration.ofMillis(40)).named("counter"),
                RateLimit.smooth(40, Duration.ofMillis(40), 9).named("smooth"));

        private final List<RateLimit> limits;

        Kinds(RateLimit... limits) {
            this.limits = List.of(limits);
        }
    }

    /** One request and what became of it; when it began and ended by this machine's clock. */
    record Told(int subject, long cost, long began, long ended, Answer answer) {
        boolean taken() {
            return answer.verdict() == Answer.Verdict.TAKEN;
        }
    }

    /** Somebody who decides, as one thread sees it. */
    interface Desk {
        Answer ask(String subject, long cost);
    }

    @ParameterizedTest
    @EnumSource
    void everyAnswerIsExplainedByTheOrderOfTheServersMoments(Kinds kinds) throws Exception {
        List<RateLimiters> all = new ArrayList<>();
        List<RateLimiter> limiters = new ArrayList<>();
        for (OverheardRedis redis : processes) {
            Kernel kernel = new Kernel(
                    redis,
                    redis,
                    new KeySpace("app"),
                    new JsonCodec(),
                    Observer.NONE,
                    timer,
                    Runnable::run,
                    Runnable::run);
            RateLimiters made = RateLimiters.on(kernel, Duration.ofSeconds(20), Duration.ofHours(1));
            all.add(made);
            limiters.add(made.limiter("linear-" + kinds)
                    .limits(kinds.limits)
                    .shadow()
                    .build());
        }
        List<Told> told = hammer("LimitLinearIT." + kinds, kinds, thread -> (subject, cost) -> {
            Decision.Allowed decision =
                    (Decision.Allowed) limiters.get(thread % 2).tryAcquire(subject, cost);
            Answer answer = processes.get(thread % 2).lastAnswer();
            assertThat(decision.source()).isEqualTo(DecisionSource.REDIS);
            assertThat(decision.wouldRefuse().isEmpty()).isEqualTo(answer.verdict() == Answer.Verdict.TAKEN);
            return answer;
        });
        all.forEach(RateLimiters::close);
        long taken = told.stream().filter(Told::taken).count();
        System.out.printf("%s: %d answers, %d of them taken%n", kinds, told.size(), taken);
        assertThat(taken).isPositive().isLessThan(told.size());
        assertThat(unexplained(kinds, told)).isEmpty();
        assertThat(outOfOrder(told)).isEmpty();
    }

    /** Who looks first and takes then admits too much as soon as two do it at once. */
    @Test
    void findsALimiterThatChecksAndTakesInTwoSteps() throws Exception {
        String check = "if cost > 0 and wait > longest then who, longest = i, wait end";
        String take = OwnClock.text(RateLimiter.class, "take.lua");
        assertThat(take).contains(check);
        String blind = take.replace(check, "");
        List<RespConnection> connections = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            connections.add(server.connect());
        }
        List<Told> told = hammer("LimitLinearIT.twoSteps", Kinds.LOG, thread -> (subject, cost) -> {
            Answer looked = eval(connections.get(thread), take, subject, cost, "P");
            return looked.verdict() == Answer.Verdict.TAKEN
                    ? eval(connections.get(thread), blind, subject, cost, "T")
                    : looked;
        });
        connections.forEach(RespConnection::close);
        Optional<String> found = unexplained(Kinds.LOG, told);
        System.out.println("in two steps: " + found);
        assertThat(found).isPresent();
        assertThat(overAdmitted(Kinds.LOG.limits.get(0), told)).isPresent();
    }

    private static Answer eval(RespConnection connection, String script, String subject, long cost, String what) {
        RateLimit limit = Kinds.LOG.limits.get(0);
        List<?> reply = (List<?>) Objects.requireNonNull(connection.command(
                "EVAL",
                script,
                "2",
                "{two:" + subject + "}",
                "{two:" + subject + "}:override",
                String.valueOf(cost),
                what,
                "L",
                String.valueOf(limit.permits()),
                String.valueOf(LimitChecks.micros(limit.window()))));
        long[] numbers = reply.stream().mapToLong(part -> (Long) part).toArray();
        return new Answer(
                numbers[0] == 1 ? Answer.Verdict.TAKEN : Answer.Verdict.REFUSED,
                numbers[1],
                (int) numbers[2],
                numbers[3],
                new long[] {numbers[4]},
                new long[] {numbers[5]},
                Optional.empty());
    }

    private interface Desks {
        Desk of(int thread);
    }

    private static List<Told> hammer(String name, Kinds kinds, Desks desks) throws Exception {
        Random seeds = Seed.random(name);
        long capacity =
                kinds.limits.stream().mapToLong(RateLimit::capacity).min().orElseThrow();
        CyclicBarrier together = new CyclicBarrier(THREADS);
        List<Future<List<Told>>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            long seed = seeds.nextLong();
            running.add(threads.submit(() -> {
                Random random = new Random(seed);
                Desk desk = desks.of(thread);
                List<Told> told = new ArrayList<>();
                together.await();
                for (int request = 0; request < REQUESTS; request++) {
                    int subject = random.nextInt(SUBJECTS);
                    long cost = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt((int) capacity);
                    long began = System.nanoTime();
                    Answer answer = desk.ask("s" + subject, cost);
                    told.add(new Told(subject, cost, began, System.nanoTime(), answer));
                }
                return told;
            }));
        }
        List<Told> all = new ArrayList<>();
        for (Future<List<Told>> one : running) {
            all.addAll(one.get());
        }
        return all;
    }

    /** Replays the requests of each subject in the order of the server's moments. */
    private static Optional<String> unexplained(Kinds kinds, List<Told> told) {
        for (int subject = 0; subject < SUBJECTS; subject++) {
            int one = subject;
            List<Told> left = new ArrayList<>(told.stream()
                    .filter(any -> any.subject() == one)
                    .sorted(Comparator.comparingLong((Told any) -> any.answer().now()))
                    .toList());
            List<Reference> limits = kinds.limits.stream()
                    .map(limit -> Reference.of(limit, true))
                    .toList();
            int at = 0;
            while (at < left.size()) {
                // Those of one microsecond came in an order that only their answers tell.
                long moment = left.get(at).answer().now();
                int end = at;
                while (end < left.size() && left.get(end).answer().now() == moment) {
                    end++;
                }
                List<Told> same = new ArrayList<>(left.subList(at, end));
                while (!same.isEmpty()) {
                    Optional<Told> next = same.stream()
                            .filter(any -> text(any.answer()).equals(expected(limits, moment, any.cost())))
                            .findFirst();
                    if (next.isEmpty()) {
                        return Optional.of("subject " + one + ", request " + at + " of " + left.size() + ": "
                                + text(same.get(0).answer()) + " for "
                                + same.get(0).cost() + ", expected "
                                + expected(limits, moment, same.get(0).cost()));
                    }
                    if (next.get().taken()) {
                        limits.forEach(limit -> limit.take(moment, next.get().cost()));
                    }
                    same.remove(next.get());
                }
                at = end;
            }
        }
        return kinds.limits.stream()
                .flatMap(limit -> overAdmitted(limit, told).stream())
                .findFirst();
    }

    private static String text(Answer answer) {
        return answer.verdict() + " by " + answer.limit() + " for " + answer.pause() + " "
                + Arrays.toString(answer.left()) + Arrays.toString(answer.reset());
    }

    private static String expected(List<Reference> limits, long moment, long cost) {
        long longest = 0;
        int who = 0;
        for (int i = 0; i < limits.size(); i++) {
            long wait = limits.get(i).wait(moment, cost);
            if (wait > longest) {
                longest = wait;
                who = i + 1;
            }
        }
        long[] left = new long[limits.size()];
        long[] reset = new long[limits.size()];
        for (int i = 0; i < limits.size(); i++) {
            Reference.Standing standing = limits.get(i).standing(moment);
            left[i] = standing.left() - (who == 0 ? cost : 0);
            reset[i] = who == 0 ? limits.get(i).copy().take(moment, cost).reset() : standing.reset();
        }
        return (who == 0 ? Answer.Verdict.TAKEN : Answer.Verdict.REFUSED) + " by " + who + " for " + longest + " "
                + Arrays.toString(left) + Arrays.toString(reset);
    }

    /** The most that any window admitted, against the limit's bound. */
    private static Optional<String> overAdmitted(RateLimit limit, List<Told> told) {
        long bound = switch (Kind.of(limit)) {
            case SLIDING_LOG -> limit.permits();
            case SLIDING_COUNTER -> 2 * limit.permits() - 1;
            default -> limit.permits() + limit.capacity();
        };
        for (int subject = 0; subject < SUBJECTS; subject++) {
            int one = subject;
            List<Told> taken = told.stream()
                    .filter(any -> any.subject() == one && any.taken())
                    .sorted(Comparator.comparingLong((Told any) -> any.answer().now()))
                    .toList();
            long window = LimitChecks.micros(limit.window());
            long within = 0;
            int oldest = 0;
            for (Told last : taken) {
                within += last.cost();
                while (taken.get(oldest).answer().now() <= last.answer().now() - window) {
                    within -= taken.get(oldest++).cost();
                }
                if (within > bound) {
                    return Optional.of(within + " permits in one window of " + limit);
                }
            }
        }
        return Optional.empty();
    }

    /** What ended before something else began must have the earlier moment. */
    private static Optional<String> outOfOrder(List<Told> told) {
        List<Told> byBegin = new ArrayList<>(told);
        byBegin.sort(Comparator.comparingLong(Told::began));
        List<Told> byEnd = new ArrayList<>(told);
        byEnd.sort(Comparator.comparingLong(Told::ended));
        int ended = 0;
        long latest = Long.MIN_VALUE;
        for (Told one : byBegin) {
            while (byEnd.get(ended).ended() < one.began()) {
                latest = Math.max(latest, byEnd.get(ended++).answer().now());
            }
            if (one.answer().now() < latest) {
                return Optional.of(one + " after " + latest);
            }
        }
        return Optional.empty();
    }
}

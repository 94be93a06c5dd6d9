package io.lumbung.lock;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.lock.LockHistory.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** All that can go wrong with processes, links and one server, so many times each, in an order drawn from a seed. */
final class LockChaos {
    /** What goes wrong. */
    enum Fault {
        /** A process sleeps for longer than its short leases last. */
        PAUSE,
        /** A process is killed, and another one started. */
        KILL,
        /** A script is executed, and its reply lost with the link. */
        CUT,
        /** Replies of a process take longer for a while. */
        DELAY,
        /** The messages that wake the waiters of a process are lost for a while. */
        DEAF,
        /** The server forgets its scripts. */
        FLUSH,
        /** The server forgets the last fence of a lock. */
        FORGET,
        /** The server sleeps. */
        SERVER
    }

    final List<Span> faults = Collections.synchronizedList(new ArrayList<>());
    final List<Span> away = Collections.synchronizedList(new ArrayList<>());

    private final Random random;
    private final RedisServer server;
    private final List<LockPlace> places;
    private final List<FaultProxy> ways;
    private final List<String> locks;
    private final ScheduledExecutorService later =
            Executors.newScheduledThreadPool(4, task -> LockBench.daemon(task, "lock-chaos"));
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    LockChaos(Random random, RedisServer server, List<LockPlace> places, List<FaultProxy> ways, List<String> locks) {
        this.random = random;
        this.server = server;
        this.places = places;
        this.ways = ways;
        this.locks = locks;
    }

    /** Does all of {@code howOften} in about {@code time}, and mends everything. */
    void run(Map<Fault, Integer> howOften, Duration time) throws InterruptedException {
        List<Fault> plan = new ArrayList<>();
        howOften.forEach((fault, times) -> plan.addAll(Collections.nCopies(times, fault)));
        Collections.shuffle(plan, random);
        long pace = time.toNanos() / plan.size();
        long began = System.nanoTime();
        for (int i = 0; i < plan.size(); i++) {
            sleep(began + i * pace - System.nanoTime());
            begin(plan.get(i));
        }
        sleep(TimeUnit.MILLISECONDS.toNanos(500));
        later.shutdown();
        if (!later.awaitTermination(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("faults do not end");
        }
        ways.forEach(FaultProxy::heal);
        Throwable failure = failures.poll();
        if (failure != null) {
            throw new IllegalStateException("a fault failed", failure);
        }
    }

    static void sleep(long nanos) throws InterruptedException {
        new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
    }

    private void begin(Fault fault) throws InterruptedException {
        int where = random.nextInt(places.size());
        FaultProxy way = ways.get(where);
        long now = System.nanoTime();
        switch (fault) {
            case PAUSE -> {
                LockPlace place = free(where);
                long millis = random.nextInt(5) == 0 ? 1_200 + random.nextInt(1_800) : 250 + random.nextInt(600);
                Runnable resume = place.pause();
                ends(now, millis, () -> {
                    resume.run();
                    place.leave();
                });
            }
            case KILL -> {
                LockPlace place = free(where);
                ends(now, 0, () -> {
                    place.replace();
                    place.leave();
                });
            }
            case CUT -> {
                way.cutAfterExecution(
                        random.nextInt(10) == 0 ? "EVAL" : "EVALSHA",
                        1 + random.nextInt(4),
                        random.nextBoolean() ? Cut.RST : Cut.FIN);
                faults.add(new Span(now, now + TimeUnit.SECONDS.toNanos(1)));
            }
            case DELAY -> {
                way.delay(Duration.ofMillis(5 + random.nextInt(60)));
                ends(now, 300 + random.nextInt(700), () -> way.delay(Duration.ZERO));
            }
            case DEAF -> {
                way.dropPushes(true);
                ends(now, 500 + random.nextInt(1_500), () -> way.dropPushes(false));
            }
            case FLUSH -> server.command("SCRIPT", "FLUSH");
            case FORGET -> server.command("DEL", "{app:lock:" + locks.get(random.nextInt(locks.size())) + "}:fence");
            case SERVER -> {
                server.pause();
                ends(now, 100 + random.nextInt(600), () -> {
                    server.resume();
                    away.add(new Span(now, System.nanoTime()));
                });
            }
        }
    }

    private LockPlace free(int wanted) throws InterruptedException {
        for (int i = wanted; ; i++) {
            LockPlace place = places.get(i % places.size());
            if (place.enter()) {
                return place;
            }
            sleep(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private interface End {
        void run() throws Exception;
    }

    private void ends(long began, long millis, End end) {
        later.schedule(
                () -> {
                    try {
                        end.run();
                    } catch (Throwable e) { // the test must learn of it
                        failures.add(e);
                    }
                    faults.add(new Span(began, System.nanoTime()));
                },
                millis,
                TimeUnit.MILLISECONDS);
    }
}

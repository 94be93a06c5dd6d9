package io.lumbung.lock;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lumbung.error.LeaseLostException;
import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Scanner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The main of a process whose threads contend for locks, write to what these protect, and tell all they do in lines that
 * {@link LockHistory} reads. It says {@code ready}, works until it is told {@code stop}, says {@code stopped}, and ends when
 * it is told so.
 */
final class LockWorkers {
    /** What the holders of a group are made to do wrong. */
    enum Broken {
        NOTHING,
        /** A lease that counts from when the answer came, not from before it was asked for. */
        COUNTED_FROM_THE_ANSWER,
        /** A lease that believes in itself until it is released. */
        HELD_UNTIL_RELEASED,
        /** A lease that tells nobody that it was lost. */
        LOST_IN_SILENCE,
        /** A guard of the database that lets everybody in. */
        GUARD_THAT_COMPARES_NOTHING
    }

    private static final CountDownLatch STOP = new CountDownLatch(1);
    private static final String QUERY_CANCELED = "57014";
    private static final AtomicLong ASKED = new AtomicLong();

    private LockWorkers() {}

    /**
     * @param args a seed; where the register is; and groups of {@code BROKEN;threads;lock:shortest:longest,…;url;url…}: for
     *     each URL a set of connections with so many threads, the ttls of each lock in ms; threads {@code 50!} only take the
     *     lock once each, in the order in which they came
     */
    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger("io.lumbung")).setLevel(Level.OFF);
        Random seeds = new Random(Long.parseLong(args[0]));
        List<LockBench> benches = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        ScheduledExecutorService timer =
                Executors.newScheduledThreadPool(2, task -> LockBench.daemon(task, "lock-timer"));
        Watch watch = new Watch();
        for (int i = 2; i < args.length; i++) {
            String[] group = args[i].split(";", -1);
            Broken broken = Broken.valueOf(group[0]);
            List<Contested> locks = Contested.all(group[2]);
            for (int url = 3; url < group.length; url++) {
                LockBench bench = connected(group[url]);
                benches.add(bench);
                boolean once = group[1].endsWith("!");
                int count = Integer.parseInt(group[1].replace("!", ""));
                for (int thread = 0; thread < count; thread++) {
                    Worker worker =
                            new Worker(bench, locks, broken, args[1], new Random(seeds.nextLong()), timer, watch);
                    threads.add(LockBench.daemon(once ? worker::workOnce : worker::work, "lock-worker"));
                }
            }
        }
        timer.scheduleWithFixedDelay(watch::look, 3, 3, TimeUnit.MILLISECONDS);
        System.out.println("ready");
        threads.forEach(Thread::start);
        try (Scanner orders = new Scanner(System.in, "UTF-8")) {
            orders.nextLine();
            STOP.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println("stopped");
            orders.nextLine();
        }
        benches.forEach(LockBench::close);
    }

    /** Connects and makes all that is made on first use: subscription, scripts. */
    private static LockBench connected(String url) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            LockBench bench = null;
            try {
                bench = LockBench.at(url, Duration.ofMillis(500));
                String name = "hello" + ProcessHandle.current().pid() + "-" + ASKED.incrementAndGet();
                Lease first =
                        bench.locks.tryAcquire(name, Duration.ofSeconds(1)).orElseThrow();
                bench.locks.acquire(name, Duration.ofSeconds(1), Duration.ofMillis(20));
                first.release();
                say("P", first.owner().substring(0, first.owner().indexOf('.')));
                return bench;
            } catch (StoreException e) {
                if (bench != null) {
                    bench.close();
                }
                if (tries == 20) {
                    throw e;
                }
                sleep(200);
            }
        }
    }

    private static void sleep(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    private static void say(Object... words) {
        StringBuilder line = new StringBuilder("!");
        for (Object word : words) {
            line.append(' ').append(word);
        }
        System.out.println(line);
    }

    /** A lock and for how long it is taken. */
    record Contested(String name, int shortest, int longest) {
        static List<Contested> all(String described) {
            List<Contested> all = new ArrayList<>();
            for (String one : described.split(",", -1)) {
                String[] parts = one.split(":", -1);
                all.add(new Contested(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
            }
            return all;
        }

        Duration ttl(Random random) {
            return Duration.ofMillis(shortest + random.nextInt(longest - shortest + 1));
        }
    }

    /** Looks all the time at what leases believe of themselves. It does nothing that blocks. */
    private static final class Watch {
        private final Map<Lease, Belief> beliefs = new ConcurrentHashMap<>();

        void add(Lease lease, long now, long end) {
            beliefs.put(lease, new Belief(now, end));
        }

        void remove(Lease lease) {
            beliefs.remove(lease);
        }

        void look() {
            beliefs.forEach((lease, belief) -> {
                long before = System.nanoTime();
                long left = lease.remaining().toNanos();
                long after = System.nanoTime();
                if (belief.changed(before, left, after)) {
                    say("H", lease.owner(), belief.end());
                }
                // Whoever hears of the loss asks for it once more.
                if (left == 0 && after - belief.end() > TimeUnit.SECONDS.toNanos(10)) {
                    beliefs.remove(lease);
                }
            });
        }

        /** Until when it believed to be held. */
        long end(Lease lease) {
            Belief belief = beliefs.get(lease);
            return belief == null ? 0 : belief.end();
        }
    }

    /** Until when a lease believes to be held, at least. */
    private static final class Belief {
        private long held;
        private long end;

        Belief(long held, long end) {
            this.held = held;
            this.end = end;
        }

        synchronized long end() {
            return end;
        }

        /** What was seen between two moments. A thread that was not let on between them knows less, not more. */
        synchronized boolean changed(long before, long left, long after) {
            long last = end;
            if (left > 0) {
                held = before;
                if (before + left - end > 500_000 || after + left - end < 0) {
                    end = before + left;
                }
            } else if (after < end) {
                end = held;
            }
            return end != last;
        }
    }

    /** One thread. */
    private static final class Worker {
        private final LockBench bench;
        private final List<Contested> locks;
        private final Broken broken;
        private final Random random;
        private final ScheduledExecutorService timer;
        private final Watch watch;
        private final String registers;
        private final Interrupter interrupter = new Interrupter();
        private @Nullable LockRegister register;

        Worker(
                LockBench bench,
                List<Contested> locks,
                Broken broken,
                String registers,
                Random random,
                ScheduledExecutorService timer,
                Watch watch) {
            this.bench = bench;
            this.locks = locks;
            this.broken = broken;
            this.registers = registers;
            this.random = random;
            this.timer = timer;
            this.watch = watch;
        }

        void work() {
            try {
                while (STOP.getCount() > 0) {
                    contend(locks.get(random.nextInt(locks.size())));
                }
            } catch (Throwable e) { // the parent must learn of it
                say("ERROR", e);
                e.printStackTrace(System.out);
            }
        }

        void workOnce() {
            try {
                Contested contested = locks.get(0);
                long asked = ASKED.incrementAndGet();
                say("A", asked, contested.name(), System.nanoTime());
                Duration ttl = contested.ttl(random);
                Lease taken = bench.locks
                        .acquire(contested.name(), ttl, Duration.ofMinutes(5))
                        .orElseThrow();
                Lease lease = got(asked, taken, ttl);
                leave(lease, lease::release);
            } catch (Throwable e) { // the parent must learn of it
                say("ERROR", e);
            }
        }

        private void contend(Contested contested) throws InterruptedException {
            DistributedLock lock = bench.locks.lock(contested.name());
            Duration ttl = contested.ttl(random);
            Duration maxWait =
                    Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(60) : 200 + random.nextInt(1_500));
            long asked = ASKED.incrementAndGet();
            int way = random.nextInt(10);
            boolean waits = way >= 3 && way <= 7;
            if (waits) {
                say("A", asked, contested.name(), System.nanoTime());
            }
            try {
                switch (way) {
                    case 0, 1 -> use(asked, lock.tryAcquire(ttl), ttl);
                    case 2 -> use(asked, lock.acquire(ttl, new Retries(3, Duration.ofMillis(10))), ttl);
                    case 3, 4, 5 -> use(asked, lock.acquire(ttl, maxWait), ttl);
                    case 6, 7 -> lock.run(ttl, maxWait, lease -> scoped(asked, lease, ttl));
                    default -> use(asked, interrupted(lock, ttl, maxWait), ttl);
                }
            } catch (InterruptedException e) {
                say("N", asked, System.nanoTime(), "interrupted");
            } catch (LockNotAcquiredException e) {
                say("N", asked, System.nanoTime(), "busy");
            } catch (StoreException e) {
                say("N", asked, System.nanoTime(), e.getClass().getSimpleName());
                sleep(20);
            } catch (LeaseLostException e) {
                say("Z", asked, "scope");
            }
        }

        private Optional<Lease> interrupted(DistributedLock lock, Duration ttl, Duration maxWait)
                throws InterruptedException {
            interrupter.arm(timer, random.nextInt(60));
            try {
                return lock.acquire(ttl, maxWait);
            } finally {
                interrupter.disarm();
            }
        }

        private void use(long asked, Optional<Lease> taken, Duration ttl) throws InterruptedException {
            if (taken.isEmpty()) {
                say("N", asked, System.nanoTime(), "busy");
                sleep(5 + random.nextInt(20));
                return;
            }
            Lease lease = got(asked, taken.get(), ttl);
            boolean kept = hold(lease, ttl);
            int forgotten = broken == Broken.LOST_IN_SILENCE ? 2 : 8;
            if (!kept && ttl.toMillis() < 500 && random.nextInt(forgotten) == 0) {
                return; // It is forgotten, and must end by itself.
            }
            leave(lease, random.nextInt(8) == 0 ? lease::close : lease::release);
        }

        private void scoped(long asked, Lease taken, Duration ttl) throws InterruptedException {
            Lease lease = got(asked, taken, ttl);
            hold(lease, ttl);
            leave(lease, () -> {});
        }

        private Lease got(long asked, Lease taken, Duration ttl) {
            Lease lease = switch (broken) {
                case COUNTED_FROM_THE_ANSWER -> BelievingLease.counted(taken, ttl);
                case HELD_UNTIL_RELEASED -> BelievingLease.always(taken);
                default -> taken;
            };
            long now = System.nanoTime();
            long end = now + lease.remaining().toNanos();
            say("G", asked, lease.lock().text(), lease.owner(), lease.fence(), now, end);
            watch.add(lease, now, end);
            if (broken != Broken.LOST_IN_SILENCE) {
                lease.onLost(lost -> say("L", lease.owner(), System.nanoTime(), watch.end(lease)));
            }
            return lease;
        }

        private void leave(Lease lease, Runnable how) {
            watch.remove(lease);
            say("R", lease.owner(), System.nanoTime());
            try {
                how.run();
            } catch (StoreException e) {
                // It is given back in the background.
            }
        }

        /** Works, sometimes for longer than it may; whether it was kept renewed. */
        private boolean hold(Lease lease, Duration ttl) throws InterruptedException {
            boolean kept = random.nextInt(3) == 0 && (broken == Broken.NOTHING || ttl.toMillis() > 1_000);
            if (kept) {
                lease.keepRenewed();
            }
            long millis = ttl.toMillis();
            boolean late = millis < 500 && random.nextInt(8) == 0;
            boolean careful = random.nextBoolean();
            int steps = 1 + random.nextInt(3);
            if (kept && millis > 4_000) {
                steps = 100; // Somebody who works for long, through whatever happens.
            }
            for (int step = 0; step < steps; step++) {
                sleep(late ? millis * 2 / 3 : random.nextInt((int) Math.min(millis / 4, 40)));
                if (careful && !lease.isHeld()) {
                    return kept;
                }
                write(lease, careful);
            }
            return kept;
        }

        private void write(Lease lease, boolean careful) {
            String how = careful ? "careful" : "careless";
            try {
                Key name = lease.lock();
                StoreKey plain = bench.keys.lockValue(bench.keys.lock(Key.parse(name.text() + "-plain")));
                bench.redis.call(
                        Command.on("test", "SET", plain, reply -> 0, lease.owner() + '|' + lease.fence()),
                        Deadline.in(Duration.ofMillis(500)));
                tell(
                        lease,
                        "redis",
                        how,
                        () -> bench.locks.fencedValue(name, String.class).set(lease, "written by " + lease.owner()));
            } catch (StoreException e) {
                say("W", lease.owner(), "plain", how, "failed");
            }
            tell(lease, "sql", how, () -> register().write(lease));
        }

        private interface Write {
            void run() throws SQLException;
        }

        private static void tell(Lease lease, String where, String how, Write write) {
            String what;
            try {
                write.run();
                what = "accepted";
            } catch (LeaseLostException e) {
                what = "refused";
            } catch (StoreException e) {
                what = "failed";
            } catch (SQLException e) {
                // Somebody who sleeps has the row for longer than the lease lasts.
                if (!QUERY_CANCELED.equals(e.getSQLState())) {
                    throw new IllegalStateException(e);
                }
                what = "failed";
            }
            say("W", lease.owner(), where, how, what);
        }

        private LockRegister register() {
            LockRegister mine = register;
            if (mine == null) {
                mine = new LockRegister(registers, broken != Broken.GUARD_THAT_COMPARES_NOTHING);
                register = mine;
            }
            return mine;
        }
    }

    /** Interrupts a thread while it is in there, and never afterwards. */
    private static final class Interrupter {
        private @Nullable Thread armed;

        synchronized void arm(ScheduledExecutorService timer, long millis) {
            armed = Thread.currentThread();
            timer.schedule(this::fire, millis, TimeUnit.MILLISECONDS);
        }

        private synchronized void fire() {
            if (armed != null) {
                armed.interrupt();
            }
        }

        @SuppressWarnings("ResultOfMethodCallIgnored")
        synchronized void disarm() {
            armed = null;
            Thread.interrupted();
        }
    }
}

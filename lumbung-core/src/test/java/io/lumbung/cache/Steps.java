package io.lumbung.cache;

import io.lumbung.redis.Parking;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/**
 * Runs threads one at a time, in an order drawn from a seed. An actor runs until its next {@link #gate}, where it is
 * drawn who goes on. So a schedule is a list of steps, and the same seed draws the same list.
 */
final class Steps implements Parking {
    private static final ThreadLocal<Actor> ME = new ThreadLocal<>();
    private static final long SHORT_WAIT_NANOS = 1_100_000_000L;

    private final Random random;
    private final Runnable whenAllWait;
    private final List<Actor> alive = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile Throwable failure;

    /** @param whenAllWait makes one of those who wait go on */
    Steps(Random random, Runnable whenAllWait) {
        this.random = random;
        this.whenAllWait = whenAllWait;
    }

    /** A thread that dies here: whatever it does from now on does not happen. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crashed", null, false, false);
        }
    }

    private static final class Actor {
        final String name;
        final Runnable work;
        final Semaphore turn = new Semaphore(0);
        boolean waiting;
        boolean mayCrash;
        boolean crashed;

        Actor(String name, boolean mayCrash, Runnable work) {
            this.name = name;
            this.mayCrash = mayCrash;
            this.work = work;
        }
    }

    void add(String name, boolean mayCrash, Runnable work) {
        alive.add(new Actor(name, mayCrash, work));
    }

    Random random() {
        return random;
    }

    List<String> trace() {
        return trace;
    }

    /** Runs all actors to their end. */
    void run(ExecutorService threads) throws Throwable {
        for (Actor actor : List.copyOf(alive)) {
            threads.execute(() -> live(actor));
        }
        next().turn.release();
        done.await();
        if (failure != null) {
            throw failure;
        }
    }

    private void live(Actor actor) {
        actor.turn.acquireUninterruptibly();
        ME.set(actor);
        try {
            actor.work.run();
        } catch (Crash end) {
            trace.add(actor.name + " crashed");
        } catch (Throwable e) {
            failure = e;
        } finally {
            ME.remove();
            alive.remove(actor);
            if (alive.isEmpty()) {
                done.countDown();
            } else {
                next().turn.release();
            }
        }
    }

    /** Whether the calling thread is one of the actors. */
    static boolean isActor() {
        return ME.get() != null;
    }

    /** The others may go first. */
    void gate(String step) {
        pass(step, false);
    }

    private void pass(String step, boolean waiting) {
        Actor me = ME.get();
        if (me == null) {
            return;
        }
        refuseTheDead(me);
        me.waiting = waiting;
        Actor next = next();
        if (next != me) {
            next.turn.release();
            me.turn.acquireUninterruptibly();
        }
        me.waiting = false;
        if (me.mayCrash && random.nextInt(60) == 0) {
            me.crashed = true;
            me.mayCrash = false;
        }
        refuseTheDead(me);
        trace.add(me.name + " " + step);
    }

    private static void refuseTheDead(Actor me) {
        if (me.crashed) {
            throw new Crash();
        }
    }

    // Those who wait are drawn too: everybody may wake without a reason.
    private Actor next() {
        if (alive.stream().allMatch(actor -> actor.waiting)) {
            whenAllWait.run();
        }
        Actor drawn = alive.get(random.nextInt(alive.size()));
        return drawn.waiting ? alive.get(random.nextInt(alive.size())) : drawn;
    }

    /** Gives way until {@code condition} holds. */
    void until(String step, java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            pass(step, true);
        }
    }

    // A long wait is one for a flight of this process, which always lands; a short one is for another process.
    @Override
    public boolean await(CountDownLatch latch, long nanos) {
        do {
            if (latch.getCount() == 0) {
                return true;
            }
            pass("waits", true);
        } while (nanos > SHORT_WAIT_NANOS && random.nextInt(20) > 0);
        return latch.getCount() == 0;
    }
}

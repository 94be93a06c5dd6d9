package io.lumbung.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs threads one at a time, in an order drawn from a seed. An actor runs until its next {@link #gate}, where it is
 * drawn who goes on. So a schedule is a list of steps, and the same seed draws the same list.
 */
final class Turns {
    private static final ThreadLocal<Actor> ME = new ThreadLocal<>();

    private final Random random;
    private final List<Actor> alive = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    Turns(Random random) {
        this.random = random;
    }

    /** A process that dies here: whatever it would have done next does not happen. */
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

        Actor(String name, Runnable work) {
            this.name = name;
            this.work = work;
        }
    }

    void add(String name, Runnable work) {
        alive.add(new Actor(name, work));
    }

    /** Whether the calling thread is one of the actors. */
    static boolean isActor() {
        return ME.get() != null;
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

    /** The others may go first. */
    void gate(String step) {
        Actor me = ME.get();
        if (me == null) {
            return;
        }
        Actor next = next();
        if (next != me) {
            next.turn.release();
            me.turn.acquireUninterruptibly();
        }
        trace.add(me.name + " " + step);
    }

    /** What the calling actor has to say about its last step. */
    void note(String what) {
        Actor me = ME.get();
        trace.add((me == null ? "the end" : me.name) + " " + what);
    }

    private Actor next() {
        return alive.get(random.nextInt(alive.size()));
    }
}

package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Many callers who bring about what is there before the clock runs. */
final class Crowd {

    static final int CALLERS = 32;

    private Crowd() {}

    /** What is done for each number. */
    @FunctionalInterface
    interface Task {
        void run(int number) throws Exception;
    }

    /** Does {@code task} for all numbers from 0 to {@code count}, 32 at a time. */
    static void run(int count, Task task) throws Exception {
        List<Thread> threads = new ArrayList<>();
        var executor = Executors.newFixedThreadPool(CALLERS, work -> {
            var thread = new Thread(work);
            threads.add(thread);
            return thread;
        });
        try {
            var next = new AtomicInteger();
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(executor.submit(() -> {
                    for (int mine = next.getAndIncrement(); mine < count; mine = next.getAndIncrement()) {
                        task.run(mine);
                    }
                    return null;
                }));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            executor.shutdown();
            // What they allocated is no longer counted when they are gone: not while a clock runs.
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}

package io.lumbung.benchmarks;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lock that nobody else wants, taken and given back. Each thread has names of its own, so that what is measured is what
 * everybody pays.
 */
final class Pairs implements Course<LockContender> {

    private final int names;
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadLocal<Integer> thread = ThreadLocal.withInitial(threads::getAndIncrement);

    /** @param names of each thread */
    Pairs(int names) {
        this.names = names;
    }

    @Override
    public String turn() {
        return "pair";
    }

    @Override
    public int keys() {
        return names;
    }

    @Override
    public void prepare(LockContender contender) throws Exception {
        LockProof.demand(contender, contender);
    }

    @Override
    public void before(LockContender contender) {
        // Threads that are new in each window have the names of those of the last one, which have ended.
        threads.set(0);
    }

    @Override
    public boolean run(LockContender contender, int key) throws Exception {
        var held = contender.tryAcquire("pair:" + thread.get() + ':' + key);
        if (held.isEmpty()) {
            return false;
        }
        held.get().release();
        return true;
    }
}

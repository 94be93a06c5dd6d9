package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Several instances of an application that want the same lock, each with clients of its own, in one process so that one
 * clock tells the time for all.
 */
record LockInstances(List<LockContender> all) implements AutoCloseable {

    /** Instances of one contender. */
    static Entrant<LockInstances> of(Entrant<LockContender> entrant, int instances) {
        return new Entrant<>(entrant.name(), entrant.settings(), (servers, callers) -> {
            List<LockContender> all = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                all.add(entrant.opener().open(servers, callers));
            }
            return new LockInstances(all);
        });
    }

    @Override
    public void close() throws Exception {
        for (LockContender contender : all) {
            contender.close();
        }
    }
}

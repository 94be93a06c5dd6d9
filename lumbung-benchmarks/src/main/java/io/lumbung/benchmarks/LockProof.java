package io.lumbung.benchmarks;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** That a contender does what is to be measured. */
final class LockProof {

    private LockProof() {}

    /**
     * Tries whether locks exclude, with names nobody else has.
     *
     * @param other of the same kind; what this one has must not be had by a thread of that one, which may be the same
     * @throws WrongAnswerException if they do not
     */
    static void demand(LockContender one, LockContender other) throws Exception {
        String name = "proof-" + UUID.randomUUID();
        Held held = taken(one.tryAcquire(name), "a free lock is taken");
        require(
                elsewhere(() -> other.tryAcquire(name)).isEmpty(),
                "a lock that is held is not taken by another thread");
        String further = name + "-further";
        taken(one.tryAcquire(further), "another lock is free meanwhile").release();
        held.release();
        elsewhere(() -> {
            taken(other.tryAcquire(name), "what was given back is taken by another thread")
                    .release();
            return "";
        });
        taken(one.tryAcquire(name), "what another thread gave back is taken").release();
    }

    private static Held taken(Optional<Held> answer, String what) {
        require(answer.isPresent(), what);
        return answer.orElseThrow();
    }

    private static <T> T elsewhere(Callable<T> task) throws Exception {
        var executor = Executors.newSingleThreadExecutor();
        try {
            return executor.submit(task).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            executor.shutdown();
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new WrongAnswerException("it does not hold that " + what);
        }
    }
}

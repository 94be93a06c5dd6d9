package io.lumbung.lock;

import io.lumbung.redis.OwnClock;
import java.util.List;

/** A life of a semaphore, or of a read/write lock. */
final class SharedScenario extends LockScenario {
    private static final int PERMITS = 4;
    private static final int READERS = 10_000;

    private final SharedReference reference = new SharedReference();
    private final boolean permits;
    private final boolean waiting;

    SharedScenario(long seed, OwnClock redis, Findings findings, boolean permits) {
        super(seed, redis, findings);
        this.permits = permits;
        this.waiting = random.nextInt(4) > 0;
    }

    /** An owner always wants the same: a lease has one kind and one number of shares. */
    private record Want(String owner, char kind, int count, int most) {}

    private Want want() {
        String owner = owner();
        int number = owner.charAt(owner.length() - 1) - '0';
        if (permits) {
            return new Want(owner, 'p', 1 + number % 3, PERMITS);
        }
        return number % 3 == 0 ? new Want(owner, 'w', 1, 1) : new Want(owner, 'r', 1, READERS);
    }

    @Override
    void step() {
        reference.begin(now());
        Want want = want();
        long ttl = ttl();
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4, 5 -> {
                long life = waiting && random.nextInt(3) > 0 ? 1000 : 0;
                Answer answer = reference.enter(want.owner, now(), ttl, life, want.kind, want.count, want.most);
                send(
                        "enter.lua",
                        ALL,
                        texts(want.owner, ttl, life, "app:lock:", want.kind, want.count, want.most),
                        expected("enter " + want + " " + ttl + " " + life, ends(), answer.fence(), answer.changesIn()));
            }
            case 6, 7, 8 -> {
                long kept = random.nextInt(6) == 0 ? 50 + random.nextInt(90) : 0;
                boolean ours = reference.leave(want.owner, now(), kept, want.kind);
                send(
                        "leave.lua",
                        ALL,
                        texts(want.owner, "app:lock:", kept, want.kind, want.count),
                        expected("leave " + want + " " + kept, ends(), ours ? 1L : 0L));
            }
            default -> {
                boolean lasts = reference.extend(want.owner, now(), ttl, want.kind);
                send(
                        "extend.lua",
                        ALL,
                        texts(want.owner, ttl, want.kind, want.count),
                        expected("extend " + want + " " + ttl, ends(), lasts ? 1L : 0L));
            }
        }
    }

    private Step expected(String call, List<Long> ends, Long... reply) {
        return new Step("at " + now() + " " + call, List.of(reply), List.copyOf(reference.woken), ends);
    }

    private List<Long> ends() {
        return List.of(reference.ends(), reference.fenceEnds(), reference.queueEnds(), reference.queueEnds());
    }
}

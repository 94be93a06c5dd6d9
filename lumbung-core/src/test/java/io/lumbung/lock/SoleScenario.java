package io.lumbung.lock;

import io.lumbung.redis.OwnClock;
import java.util.List;

/** A life of a plain lock. */
final class SoleScenario extends LockScenario {
    private final SoleReference reference = new SoleReference();
    private final boolean waiting;
    private final boolean copies;

    SoleScenario(long seed, OwnClock redis, Findings findings) {
        super(seed, redis, findings);
        this.waiting = random.nextInt(4) > 0;
        this.copies = random.nextBoolean();
    }

    @Override
    void step() {
        reference.begin(now());
        switch (random.nextInt(10)) {
            case 0, 1 -> take();
            case 2, 3, 4 -> acquire();
            case 5, 6 -> release();
            case 7 -> withdraw();
            case 8 -> renew();
            default -> disturb();
        }
    }

    private void disturb() {
        switch (random.nextInt(3)) {
            case 0 -> fenceDeleted();
            case 1 -> lockDeleted();
            default -> foreign();
        }
    }

    private String wanting() {
        return copies || reference.holder() == null ? owner() : "p1." + (10 + random.nextInt(3));
    }

    private void take() {
        String owner = wanting();
        long ttl = ttl();
        long fence = reference.take(owner, now(), ttl);
        Object answer = fence > 0 ? String.valueOf(fence) : fence;
        send("take.lua", ALL, texts(owner, ttl), expected("take " + owner + " " + ttl, List.of(answer), ends()));
    }

    private void acquire() {
        String owner = wanting();
        long ttl = ttl();
        long life = waiting && random.nextInt(3) > 0 ? 1000 : 0;
        Answer answer = reference.acquire(owner, now(), ttl, life);
        send(
                "acquire.lua",
                ALL,
                texts(owner, ttl, life),
                expected(
                        "acquire " + owner + " " + ttl + " " + life,
                        List.of(answer.fence(), answer.changesIn()),
                        ends()));
    }

    private void release() {
        String text = random.nextInt(3) > 0 ? reference.claim() : owner() + '|' + reference.fence();
        long kept = random.nextInt(6) == 0 ? 50 + random.nextInt(500) : 0;
        boolean ours = reference.release(text, now(), kept);
        send(
                "release.lua",
                ALL,
                texts(text, "app:lock:", kept),
                expected("release " + text + " " + kept, List.of(ours ? 1L : 0L), ends()));
    }

    private void withdraw() {
        String holder = reference.holder();
        String owner = holder != null && random.nextBoolean() ? holder : owner();
        boolean ours = reference.withdraw(owner, now());
        send(
                "withdraw.lua",
                ALL,
                texts(owner, "app:lock:"),
                expected("withdraw " + owner, List.of(ours ? 1L : 0L), ends()));
    }

    private void renew() {
        String text = random.nextInt(3) > 0 ? reference.claim() : owner() + '|' + reference.fence();
        long ttl = ttl();
        boolean lasts = reference.renew(text, now(), ttl);
        send(
                "renew.lua",
                ALL,
                texts(text, ttl),
                expected("renew " + text + " " + ttl, List.of(lasts ? 1L : 0L), ends()));
    }

    private void fenceDeleted() {
        boolean known = reference.isFenceKnown();
        reference.forgetFence();
        send("delete.lua", ALL, texts(2), deleted("fence", known));
    }

    private void lockDeleted() {
        boolean known = reference.holder() != null;
        reference.deleted();
        send("delete.lua", ALL, texts(1), deleted("lock", known));
    }

    private Step deleted(String what, boolean known) {
        return new Step("at " + now() + " delete " + what, List.of(known ? 1L : 0L), List.of(), ends());
    }

    private void foreign() {
        boolean free = reference.holder() == null;
        long ttl = ttl();
        reference.takenByAnother("foreign", now(), ttl);
        send(
                "foreign.lua",
                ALL,
                texts("foreign", ttl),
                new Step("at " + now() + " foreign " + ttl, List.of(free ? 1L : 0L), List.of(), ends()));
    }

    private Step expected(String call, List<?> reply, List<Long> ends) {
        return new Step("at " + now() + " " + call, reply, List.copyOf(reference.woken), ends);
    }

    private List<Long> ends() {
        return List.of(reference.ends(), reference.fenceEnds(), reference.queueEnds(), reference.queueEnds());
    }
}

package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.OwnClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One random life of one lock: calls of a few owners, of which each life has only some kinds, by a clock that may stand still
 * or go back. The reference is asked first, then all calls are sent at once and compared.
 */
abstract class LockScenario {
    static final KeySpace KEYS = new KeySpace("app");
    static final LockKeys LOCK = LockKeys.of(KEYS, Key.parse("x"));
    static final List<String> ALL = LOCK.all().stream().map(StoreKey::text).toList();
    static final int OWNERS = 6;

    private static final int STEPS = 60;
    private static final long START = 1_800_000_000_000_000L;

    final Random random;
    private final OwnClock redis;
    private final Findings findings;
    private final List<Step> steps = new ArrayList<>();
    private long clock = START;

    LockScenario(long seed, OwnClock redis, Findings findings) {
        this.random = new Random(seed);
        this.redis = redis;
        this.findings = findings;
    }

    enum Check {
        /** Who got it, with which fence, or when to look again. */
        ANSWER,
        /** Who was told that it is next. */
        WOKEN,
        /** When the lock, its fence, the queue and the lives of those in it go. */
        EXPIRY
    }

    interface Findings {
        void found(Check check, String what);
    }

    /**
     * A call and what it has to do.
     *
     * @param ends when its keys go
     */
    record Step(String call, List<?> reply, List<String> woken, List<Long> ends) {}

    /** Sends one random call and notes what the reference did. */
    abstract void step();

    int run() {
        redis.clear();
        for (int i = 0; i < STEPS; i++) {
            move();
            step();
        }
        for (Step step : steps) {
            compare(step, redis.read());
        }
        return steps.size();
    }

    private void move() {
        int what = random.nextInt(20);
        if (what < 6) {
            clock += random.nextInt(3);
        } else if (what < 14) {
            clock += random.nextInt(400_000);
        } else if (what < 17) {
            clock += random.nextInt(2_500_000);
        } else if (what == 17) {
            clock -= random.nextInt(3_000_000);
        } else if (what == 18) {
            clock += 1000L * random.nextInt(70_000);
        } else if (random.nextInt(10) == 0) {
            clock += (random.nextBoolean() ? 1 : -1) * 1_000_000L * random.nextInt(8_000);
        }
    }

    long now() {
        return clock;
    }

    String owner() {
        int owner = random.nextInt(OWNERS);
        return "p" + owner % 2 + "." + owner;
    }

    long ttl() {
        return 100 + random.nextInt(2_000);
    }

    void send(String script, List<String> keys, List<String> args, Step expected) {
        redis.send(script, false, clock, keys, args);
        steps.add(expected);
    }

    static List<String> texts(Object... args) {
        List<String> texts = new ArrayList<>();
        for (Object arg : args) {
            texts.add(String.valueOf(arg));
        }
        return texts;
    }

    private void compare(Step step, OwnClock.Outcome outcome) {
        String line = steps.indexOf(step) + ": " + step.call();
        if (!outcome.reply().equals(step.reply())) {
            findings.found(Check.ANSWER, line + ": " + outcome.reply() + " instead of " + step.reply());
        }
        if (!outcome.published().equals(step.woken())) {
            findings.found(Check.WOKEN, line + ": " + outcome.published() + " instead of " + step.woken());
        }
        if (!outcome.expiries().equals(step.ends())) {
            findings.found(Check.EXPIRY, line + ": " + outcome.expiries() + " instead of " + step.ends());
        }
    }
}

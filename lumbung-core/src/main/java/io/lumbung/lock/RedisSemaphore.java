package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.observe.Observation.LockKind;

/** The permits of one name. */
final class RedisSemaphore extends RedisLock implements Semaphore {
    private static final int MOST = 10_000;
    private static final int MOST_AT_ONCE = 1_000;

    private final LockWorkshop shop;
    private final int permits;

    RedisSemaphore(LockWorkshop shop, Key name, int permits) {
        super(shop, name, grip(shop, name, 1, permits));
        this.shop = shop;
        this.permits = permits;
    }

    private static Grip grip(LockWorkshop shop, Key name, int count, int permits) {
        if (permits < 1 || permits > MOST) {
            throw new IllegalArgumentException("a semaphore has 1 to " + MOST + " permits, was " + permits);
        }
        return new SharedGrip(
                LockKeys.of(shop.kernel().keys(), name), shop.channels(), LockKind.PERMIT, count, permits);
    }

    @Override
    public int permits() {
        return permits;
    }

    @Override
    public DistributedLock of(int count) {
        int most = Math.min(permits, MOST_AT_ONCE);
        if (count < 1 || count > most) {
            throw new IllegalArgumentException("semaphore " + name() + " has " + permits + " permits; 1 to " + most
                    + " can be taken at once, was " + count);
        }
        return new RedisLock(shop, name(), grip(shop, name(), count, permits));
    }

    @Override
    public int available() {
        return Math.max(
                0, permits - shop.call(States.of(shop.kernel().keys(), name())).holders());
    }
}

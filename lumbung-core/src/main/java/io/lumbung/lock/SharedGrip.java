package io.lumbung.lock;

import io.lumbung.observe.Observation.LockKind;
import io.lumbung.redis.Command;
import io.lumbung.redis.Lane;
import io.lumbung.redis.Script;
import java.time.Duration;
import java.util.List;

/**
 * Shares of what several may hold: permits, or a read/write lock.
 *
 * @param shares how many at once
 * @param most how many there may be
 */
record SharedGrip(LockKeys keys, String channels, LockKind kind, int shares, int most) implements Grip {
    private static final Script<Answer> ENTER = Script.load(Grip.class, "enter.lua", Answer::of);
    private static final Script<Boolean> EXTEND = Script.load(Grip.class, "extend.lua", reply -> reply.number() == 1);
    private static final Script<Boolean> LEAVE = Script.load(Grip.class, "leave.lua", reply -> reply.number() == 1);

    @Override
    public Command<Answer> tryTake(String owner, Duration ttl) {
        return take(owner, ttl, Duration.ZERO);
    }

    @Override
    public Command<Answer> take(String owner, Duration ttl, Duration life) {
        return ENTER.on(
                        "lock.acquire",
                        keys.all(),
                        owner,
                        ttl.toMillis(),
                        life.toMillis(),
                        channels,
                        letter(),
                        shares,
                        most)
                .repeatable()
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Boolean> look(String owner, long fence) {
        return Command.on("lock.look", "ZSCORE", keys.lock(), reply -> !reply.isNull(), letter() + '|' + owner + "|1")
                .repeatable()
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Boolean> extend(String owner, long fence, Duration ttl) {
        return EXTEND.on("lock.renew", List.of(keys.lock()), owner, ttl.toMillis(), letter(), shares)
                .repeatable()
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Boolean> giveBack(String owner, long fence, Duration kept) {
        return leave("lock.release", owner, kept);
    }

    @Override
    public Command<Boolean> withdraw(String owner) {
        return leave("lock.withdraw", owner, Duration.ZERO).repeatable();
    }

    private Command<Boolean> leave(String operation, String owner, Duration kept) {
        return LEAVE.on(operation, keys.all(), owner, channels, kept.toMillis(), letter(), shares)
                .via(Lane.CONTROL);
    }

    private String letter() {
        return switch (kind) {
            case READ -> "r";
            case WRITE -> "w";
            default -> "p";
        };
    }
}

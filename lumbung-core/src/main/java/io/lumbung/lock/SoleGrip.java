package io.lumbung.lock;

import io.lumbung.observe.Observation.LockKind;
import io.lumbung.redis.Command;
import io.lumbung.redis.Lane;
import io.lumbung.redis.Script;
import java.time.Duration;
import java.util.List;

/** A plain lock: one string, which programs in other languages take and respect. */
record SoleGrip(LockKeys keys, String channels) implements Grip {
    private static final Script<Answer> TAKE = Script.load(Grip.class, "take.lua", Answer::ofOne);
    private static final Script<Boolean> WITHDRAW =
            Script.load(Grip.class, "withdraw.lua", reply -> reply.number() == 1);
    private static final Script<Answer> ACQUIRE = Script.load(Grip.class, "acquire.lua", Answer::of);
    private static final Script<Boolean> RENEW = Script.load(Grip.class, "renew.lua", reply -> reply.number() == 1);
    private static final Script<Boolean> RELEASE = Script.load(Grip.class, "release.lua", reply -> reply.number() == 1);

    @Override
    public LockKind kind() {
        return LockKind.LOCK;
    }

    @Override
    public Command<Answer> tryTake(String owner, Duration ttl) {
        return TAKE.on("lock.acquire", List.of(keys.lock(), keys.fence(), keys.queue()), owner, ttl.toMillis())
                .repeatable()
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Answer> take(String owner, Duration ttl, Duration life) {
        return ACQUIRE.on("lock.acquire", keys.all(), owner, ttl.toMillis(), life.toMillis())
                .repeatable()
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Boolean> look(String owner, long fence) {
        String held = held(owner, fence);
        return Command.on(
                        "lock.look",
                        "GET",
                        keys.lock(),
                        reply -> !reply.isNull() && reply.text().equals(held))
                .repeatable()
                .via(Lane.CONTROL);
    }

    private static String held(String owner, long fence) {
        return owner + '|' + fence;
    }

    @Override
    public Command<Boolean> extend(String owner, long fence, Duration ttl) {
        return RENEW.on("lock.renew", List.of(keys.lock()), held(owner, fence), ttl.toMillis())
                .repeatable()
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Boolean> giveBack(String owner, long fence, Duration kept) {
        return RELEASE.on(
                        "lock.release",
                        List.of(keys.lock(), keys.fence()),
                        held(owner, fence),
                        channels,
                        kept.toMillis())
                .via(Lane.CONTROL);
    }

    @Override
    public Command<Boolean> withdraw(String owner) {
        return WITHDRAW.on("lock.withdraw", keys.all(), owner, channels)
                .repeatable()
                .via(Lane.CONTROL);
    }
}

package io.lumbung.redis;

import io.lumbung.key.StoreKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that one process at a time may do: sweep, roll a window, own a partition. A key with its owner and a time
 * to live, taken, renewed and given back only by its owner. No queue and no fence: what must not be done twice needs a
 * lock. Each call is one round trip and safe to repeat. Thread-safe.
 */
public final class Claim {
    private static final Script<Boolean> CLAIM = Script.load(Claim.class, "claim.lua", Claim::yes);
    private static final Script<Boolean> RENEW = Script.load(Claim.class, "claim-renew.lua", Claim::yes);
    private static final Script<Boolean> RELEASE = Script.load(Claim.class, "claim-release.lua", Claim::yes);

    private final Redis redis;
    private final StoreKey key;
    private final String owner;

    private Claim(Redis redis, StoreKey key, String owner) {
        this.redis = redis;
        this.key = key;
        this.owner = owner;
    }

    /**
     * Claims {@code key} if nobody holds it, and does not wait for whoever does.
     *
     * @param ttl at least 1 ms, by the server's clock; the claim ends after it unless it is renewed
     * @return the claim, or empty if somebody else holds it
     */
    public static Optional<Claim> tryTake(Redis redis, StoreKey key, Duration ttl, Deadline deadline) {
        Claim claim = new Claim(
                redis, Objects.requireNonNull(key, "key"), UUID.randomUUID().toString());
        return claim.call(CLAIM, "claim.take", deadline, millis(ttl)) ? Optional.of(claim) : Optional.empty();
    }

    /**
     * Keeps the claim for {@code ttl} from now.
     *
     * @return false if it is not ours any more: stop what it stood for
     */
    public boolean renew(Duration ttl, Deadline deadline) {
        return call(RENEW, "claim.renew", deadline, millis(ttl));
    }

    /** Gives the claim back; false if it was not ours any more. */
    public boolean release(Deadline deadline) {
        return call(RELEASE, "claim.release", deadline);
    }

    private boolean call(Script<Boolean> script, String operation, Deadline deadline, Object... args) {
        Object[] all = new Object[args.length + 1];
        all[0] = owner;
        System.arraycopy(args, 0, all, 1, args.length);
        return redis.call(script.on(operation, List.of(key), all).repeatable().via(Lane.CONTROL), deadline);
    }

    private static long millis(Duration ttl) {
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException("a claim lasts at least 1 ms, was " + ttl);
        }
        return ttl.toMillis();
    }

    private static boolean yes(Reply reply) {
        return reply.number() == 1;
    }
}

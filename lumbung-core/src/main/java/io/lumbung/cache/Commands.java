package io.lumbung.cache;

import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Command;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import java.time.Duration;
import java.util.List;

/**
 * Everything a cache says to Redis. Marked repeatable is what may be executed twice, with anything in between; a fresh
 * token of a tag is not, because it would bring back what was invalidated in between, and neither is a put.
 */
class Commands {
    static final Duration LEASE = Duration.ofSeconds(3);

    /** Twice the longest life of an entry: a token renewed at each store outlives every entry that carries it. */
    static final Duration TOKEN_LIFE = Ttl.LONGEST.multipliedBy(2);

    private static final Script<Miss> MISS = Script.load(Commands.class, "miss.lua", Miss::read);
    private static final Script<Long> TAKE = Script.load(Commands.class, "take.lua", Reply::number);
    private static final Script<Boolean> FILL = Script.load(Commands.class, "fill.lua", Commands::done);
    private static final Script<Boolean> RELEASE = Script.load(Commands.class, "release.lua", Commands::done);
    private static final Script<Boolean> KEEP = Script.load(Commands.class, "keep.lua", Commands::done);
    private static final Script<Long> PUT = Script.load(Commands.class, "put.lua", Reply::number);
    private static final Script<Long> INVALIDATE = Script.load(Commands.class, "invalidate.lua", Reply::number);
    private static final Script<String> TOKEN = Script.load(Commands.class, "token.lua", Reply::text);

    private final KeySpace keys;

    Commands(KeySpace keys) {
        this.keys = keys;
    }

    /** How the question "who loads?" was answered. */
    enum Election {
        ELECTED,
        WAIT,
        THERE_IS_A_VALUE
    }

    /** The answer, and how long the other's lease still lasts. */
    record Miss(Election election, long waitMillis) {
        static Miss read(Reply reply) {
            List<Reply> answer = reply.list();
            return switch (answer.get(0).text()) {
                case "L" -> new Miss(Election.ELECTED, 0);
                case "W" -> new Miss(Election.WAIT, answer.get(1).number());
                default -> new Miss(Election.THERE_IS_A_VALUE, 0);
            };
        }
    }

    Command<Reply> get(StoreKey value) {
        return Command.on("cache.get", "GET", value, reply -> reply).repeatable();
    }

    Command<Reply> getToken(StoreKey token) {
        return Command.on("cache.tag", "GET", token, reply -> reply).repeatable();
    }

    Command<String> obtainToken(StoreKey token, String fresh) {
        return TOKEN.on("cache.token", List.of(token), fresh, TOKEN_LIFE.toMillis());
    }

    Command<Reply> replaceToken(StoreKey token, String fresh) {
        return Command.on("cache.invalidateTag", "SET", token, reply -> reply, fresh, "PX", TOKEN_LIFE.toMillis());
    }

    Command<Long> dropToken(StoreKey token) {
        return Command.on("cache.dropTag", "DEL", token, Reply::number).repeatable();
    }

    /** @param seen the SHA-1 of the unusable bytes that were read; empty if there were none */
    Command<Miss> miss(Slot slot, String token, String seen) {
        return MISS.on("cache.miss", both(slot), token, LEASE.toMillis(), seen).repeatable();
    }

    Command<Long> take(Slot slot, String token) {
        return TAKE.on("cache.take", both(slot), token, LEASE.toMillis()).repeatable();
    }

    Command<Boolean> fill(Slot slot, String token, byte[] bytes, long ttlMillis) {
        return FILL.on("cache.fill", both(slot), token, bytes, ttlMillis, keys.wakeChannel())
                .repeatable();
    }

    Command<Boolean> release(Slot slot, String token) {
        return RELEASE.on("cache.release", both(slot), token, keys.wakeChannel())
                .repeatable();
    }

    Command<Boolean> keep(Slot slot, String token) {
        return KEEP.on("cache.keep", List.of(keys.cacheLease(slot.value())), token, LEASE.toMillis())
                .repeatable();
    }

    Command<Long> put(Slot slot, byte[] bytes, long ttlMillis) {
        return PUT.on("cache.put", both(slot), bytes, ttlMillis, keys.wakeChannel());
    }

    Command<Long> invalidate(StoreKey value) {
        return INVALIDATE
                .on("cache.invalidate", List.of(value, keys.cacheLease(value)), keys.wakeChannel())
                .repeatable();
    }

    private List<StoreKey> both(Slot slot) {
        return List.of(slot.value(), keys.cacheLease(slot.value()));
    }

    private static boolean done(Reply reply) {
        return reply.number() == 1;
    }
}

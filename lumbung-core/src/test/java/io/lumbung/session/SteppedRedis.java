package io.lumbung.session;

import io.lumbung.error.StoreException;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.ForwardingRedis;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A real Redis whose every call is one step of a schedule: it is executed before anybody else goes on. On its way it can
 * be made to do something wrong, as scripts and code might that are not ours.
 */
final class SteppedRedis extends ForwardingRedis {
    /** What sessions are made to do wrong. */
    enum Broken {
        NOTHING,
        /** A change writes a session whether there is one or not. */
        UPDATE_THAT_UPSERTS,
        /** A use writes a session whether there is one or not. */
        TOUCH_THAT_CREATES,
        /** An end does not look again for a session that was rotated meanwhile. */
        DESTROY_THAT_STAYS_BEHIND,
        /** The end of all looks into the index once. */
        ALL_IN_ONE_PASS,
        /** What ran out counts until somebody else removes it. */
        CREATE_WITHOUT_PRUNING,
        /** The entry is written after the session, by a process that may die in between. */
        INDEX_WRITTEN_APART
    }

    private final Redis real;
    private final Turns turns;
    private final Random random;
    private final Broken broken;
    private final SessionBench bench;
    private final List<StoreKey> indexes;
    private final ThreadLocal<Boolean> looked = ThreadLocal.withInitial(() -> false);
    private final ThreadLocal<Boolean> missed = ThreadLocal.withInitial(() -> false);
    /** The keys of all sessions that were ever created, also of those nobody got a token of. */
    final Set<String> created = new LinkedHashSet<>();

    SteppedRedis(SessionBench bench, List<StoreKey> indexes, Turns turns, Random random, Broken broken) {
        super(bench.redis);
        this.bench = bench;
        this.indexes = indexes;
        this.real = bench.redis;
        this.turns = turns;
        this.random = random;
        this.broken = broken;
    }

    /** A call of a client begins. */
    void begin() {
        looked.set(false);
        missed.set(false);
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        turns.gate(command.toString());
        String name = command.toString();
        String key = name.substring(name.lastIndexOf(' ') + 1);
        try {
            T reply = executed(command, name, key);
            return () -> reply;
        } catch (StoreException e) {
            return () -> {
                throw e;
            };
        }
    }

    private <T> T executed(Command<T> command, String name, String key) {
        if (name.startsWith("session.create")) {
            created.add(key);
        }
        if (!Turns.isActor()) {
            return real.call(command, SessionBench.soon());
        }
        switch (broken) {
            case UPDATE_THAT_UPSERTS -> {
                if (name.startsWith("session.update")) {
                    writeSession(key);
                }
            }
            case TOUCH_THAT_CREATES -> {
                if (name.startsWith("session.touch")) {
                    writeSession(key);
                }
            }
            case CREATE_WITHOUT_PRUNING -> {
                if (name.startsWith("session.create")) {
                    indexes.forEach(this::keepTheDead);
                }
            }
            case DESTROY_THAT_STAYS_BEHIND -> {
                if (missed.get() && name.startsWith("session.find")) {
                    missed.set(false);
                    return as(new StoredSession.Found.Absent());
                }
            }
            case ALL_IN_ONE_PASS -> {
                if (name.startsWith("session.list")) {
                    if (looked.get()) {
                        return as(List.of());
                    }
                    looked.set(true);
                }
            }
            default -> {
                // Nothing before it.
            }
        }
        T reply = real.call(command, SessionBench.soon());
        if (broken == Broken.DESTROY_THAT_STAYS_BEHIND && name.startsWith("session.destroy")) {
            missed.set(reply instanceof List<?> ended && ended.isEmpty());
        }
        if (broken == Broken.INDEX_WRITTEN_APART && reply instanceof SessionCommands.Creation.Created) {
            writeIndexApart(key);
        }
        return reply;
    }

    @SuppressWarnings("unchecked")
    private static <T> T as(Object reply) {
        return (T) reply;
    }

    private void writeSession(String key) {
        long now = System.currentTimeMillis();
        StoreKey session = bench.session(key);
        if (bench.exists(session)) {
            return;
        }
        bench.number("HSET", session, "m", now + " " + now + " " + (now + 60_000) + " 60000 1 0");
        bench.number("PEXPIRE", session, 60_000);
    }

    private void keepTheDead(StoreKey index) {
        for (String member : bench.members(index)) {
            bench.number("ZADD", index, "XX", "GT", System.currentTimeMillis() + 60_000, member);
        }
    }

    private void writeIndexApart(String key) {
        for (StoreKey index : indexes) {
            for (String member : bench.members(index)) {
                if (!key.equals(bench.key(SessionRef.parse(member)).text())) {
                    continue;
                }
                bench.number("ZREM", index, member);
                turns.gate("has not written the index yet");
                if (random.nextInt(4) == 0) {
                    throw new Turns.Crash();
                }
                bench.number("ZADD", index, System.currentTimeMillis() + 60_000, member);
                bench.number("PEXPIRE", index, 60_000);
            }
        }
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public void onRecovery(Runnable task) {}
}

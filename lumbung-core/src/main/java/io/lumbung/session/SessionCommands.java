package io.lumbung.session;

import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Command;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls to Redis. Every one is safe to repeat: a second copy finds what the first one did. Immutable. */
final class SessionCommands {
    private static final Script<Creation> CREATE = Script.load(SessionCommands.class, "create.lua", Creation::read);
    private static final Script<Long> TOUCH = Script.load(SessionCommands.class, "touch.lua", Reply::number);
    private static final Script<Change> UPDATE = Script.load(SessionCommands.class, "update.lua", Change::read);
    private static final Script<Rotation> ROTATE =
            Script.load(SessionCommands.class, "rotate.lua", reply -> Rotation.BY_NUMBER.get((int) reply.number()));
    private static final Script<Long> ENTER = Script.load(SessionCommands.class, "enter.lua", Reply::number);
    private static final Script<Long> ASSIGN = Script.load(SessionCommands.class, "assign.lua", Reply::number);
    private static final Script<List<SessionRef>> DESTROY =
            Script.load(SessionCommands.class, "destroy.lua", reply -> refs(reply.list()));

    private static final Duration A_LITTLE = Duration.ofSeconds(10);

    private final KeySpace keys;
    private final boolean told;

    /** @param told whether deaths are noted, see {@link Expiries} */
    SessionCommands(KeySpace keys, boolean told) {
        this.keys = keys;
        this.told = told;
    }

    StoreKey key(SessionRef ref) {
        return keys.session(ref.bucket(), ref.hash());
    }

    /** Whether the index of {@code user} is in this session's slot, so that one script writes both. */
    static boolean isAtHome(SessionRef ref, String user) {
        return ref.bucket().equals(KeySpace.sessionBucket(user));
    }

    Command<Creation> create(
            Optional<String> user,
            SessionRef ref,
            SessionPolicy policy,
            List<SessionRef> victims,
            long bytes,
            Map<String, byte[]> fields) {
        List<StoreKey> all = new ArrayList<>(3 + victims.size());
        all.add(key(ref));
        user.ifPresent(known -> all.add(keys.sessionIndex(known)));
        List<Object> args = new ArrayList<>(9 + victims.size() + 2 * fields.size());
        args.add(ref.member());
        args.add(policy.idle().toMillis());
        args.add(policy.absolute().toMillis());
        args.add(user.isPresent() ? policy.most() : 0);
        args.add(policy.whenFull() == SessionPolicy.WhenFull.REJECT ? "R" : "E");
        args.add(victims.size());
        args.add(told ? 1 : 0);
        args.add(user.orElse(""));
        args.add(bytes);
        victims.forEach(victim -> {
            all.add(key(victim));
            args.add(victim.member());
        });
        addDeaths(all, ref);
        fields.forEach((field, value) -> {
            args.add(field);
            args.add(value);
        });
        return CREATE.on("session.create", all, args.toArray()).repeatable();
    }

    Command<StoredSession.Found> read(SessionRef ref) {
        return Command.on("session.find", "HGETALL", key(ref), StoredSession::read)
                .repeatable();
    }

    /** @param idle the idle life from now on, or empty for the one it has */
    Command<Long> touch(Optional<String> user, SessionRef ref, Optional<Duration> idle) {
        List<StoreKey> all = withIndexAtHome(List.of(key(ref)), ref, user);
        boolean sooner = told && idle.isPresent();
        if (sooner) {
            addDeaths(all, ref);
        }
        return TOUCH.on(
                        "session.touch",
                        all,
                        ref.member(),
                        idle.map(time -> Long.toString(time.toMillis())).orElse(""),
                        user.orElse(""),
                        sooner ? 1 : 0)
                .repeatable();
    }

    Command<Change> update(
            SessionRef ref, String version, String id, int maxBytes, Map<String, byte[]> set, List<String> removed) {
        List<Object> args = new ArrayList<>(4 + 2 * set.size() + removed.size());
        args.add(version);
        args.add(id);
        args.add(maxBytes);
        args.add(set.size());
        set.forEach((field, value) -> {
            args.add(field);
            args.add(value);
        });
        args.addAll(removed);
        return UPDATE.on("session.update", List.of(key(ref)), args.toArray()).repeatable();
    }

    /**
     * @param user whose it was when it was read
     * @param dies when it would, as it was read: if its user's index is in another slot it must not live much longer
     */
    Command<Rotation> rotate(Optional<String> user, SessionRef from, SessionRef to, Duration grace, Instant dies) {
        List<StoreKey> all = withIndexAtHome(List.of(key(from), key(to)), from, user);
        addDeaths(all, from);
        return ROTATE.on(
                        "session.rotate",
                        all,
                        from.member(),
                        to.member(),
                        grace.toMillis(),
                        user.orElse(""),
                        told ? 1 : 0,
                        most(from, user, dies))
                .repeatable();
    }

    /**
     * Ends those of a user's sessions that are in one bucket.
     *
     * @param user whose they must be; empty for nobody's
     * @param some at least one
     */
    Command<List<SessionRef>> destroy(Optional<String> user, List<SessionRef> some) {
        SessionRef first = some.get(0);
        Optional<String> listed = user.filter(known -> isAtHome(first, known));
        List<StoreKey> all = new ArrayList<>(2 + some.size());
        listed.ifPresent(known -> all.add(keys.sessionIndex(known)));
        some.forEach(ref -> all.add(key(ref)));
        addDeaths(all, first);
        List<Object> args = new ArrayList<>(3 + some.size());
        args.add(listed.isPresent() ? 1 : 0);
        args.add(told ? 1 : 0);
        args.add(user.orElse(""));
        some.forEach(ref -> args.add(ref.member()));
        return DESTROY.on("session.destroy", all, args.toArray()).repeatable();
    }

    /**
     * The session's version since it is the user's; 0 if there is no such session, -1 if it is somebody else's by now or lives longer.
     *
     * @param user the user, or empty for nobody
     * @param before whose it was when it was read
     * @param dies when it would, as it was read: if the user's index is in another slot it must not live much longer
     */
    Command<Long> assign(SessionRef ref, Optional<String> user, Optional<String> before, Instant dies) {
        List<StoreKey> all = new ArrayList<>(4);
        all.add(key(ref));
        addDeaths(all, ref);
        Optional<String> left = before.filter(one -> isAtHome(ref, one));
        Optional<String> entered = user.filter(one -> isAtHome(ref, one));
        left.ifPresent(one -> all.add(keys.sessionIndex(one)));
        entered.ifPresent(one -> all.add(keys.sessionIndex(one)));
        return ASSIGN.on(
                        "session.assign",
                        all,
                        user.orElse(""),
                        before.orElse(""),
                        ref.member(),
                        told ? 1 : 0,
                        left.isPresent() ? 1 : 0,
                        entered.isPresent() ? 1 : 0,
                        most(ref, user, dies))
                .repeatable();
    }

    /** An entry outlives its session a little: they are written one after the other, on two servers. */
    Command<Long> enter(String user, SessionRef ref, Duration life) {
        return ENTER.on(
                        "session.enter",
                        List.of(keys.sessionIndex(user)),
                        ref.member(),
                        life.plus(A_LITTLE).toMillis())
                .repeatable();
    }

    Command<Long> leave(String user, List<SessionRef> some) {
        return Command.on(
                        "session.leave",
                        "ZREM",
                        keys.sessionIndex(user),
                        Reply::number,
                        some.stream().map(SessionRef::member).toArray())
                .repeatable();
    }

    private List<StoreKey> withIndexAtHome(List<StoreKey> sessions, SessionRef ref, Optional<String> user) {
        List<StoreKey> all = new ArrayList<>(sessions);
        if (user.isPresent() && isAtHome(ref, user.get())) {
            all.add(keys.sessionIndex(user.get()));
        }
        return all;
    }

    /** By the times that are stored: a clock that steps back must not make a session seem to live longer. */
    private static String most(SessionRef ref, Optional<String> user, Instant dies) {
        return user.isEmpty() || isAtHome(ref, user.get())
                ? ""
                : Long.toString(dies.plus(A_LITTLE).toEpochMilli());
    }

    private void addDeaths(List<StoreKey> all, SessionRef ref) {
        if (told) {
            all.add(keys.sessionDeaths(ref.bucket()));
        }
    }

    /** All sessions in a user's index, the one that dies last first; some may be dead. */
    Command<List<SessionRef>> index(String user) {
        return Command.on(
                        "session.list",
                        "ZRANGE",
                        keys.sessionIndex(user),
                        reply -> reply.texts()
                                .filter(SessionRef::isOne)
                                .map(SessionRef::parse)
                                .toList(),
                        0,
                        -1,
                        "REV")
                .repeatable();
    }

    /** What {@code create.lua} answered. */
    sealed interface Creation {
        record Created(long at, List<SessionRef> evicted) implements Creation {}

        record Full(long live) implements Creation {}

        record Victims(List<SessionRef> first) implements Creation {}

        record Partly(List<SessionRef> evicted) implements Creation {}

        private static Creation read(Reply reply) {
            List<Reply> all = reply.list();
            return switch (all.get(0).text()) {
                case "C" -> new Created(all.get(1).number(), refs(all.subList(2, all.size())));
                case "F" -> new Full(all.get(1).number());
                case "P" -> new Partly(refs(all.subList(1, all.size())));
                default -> new Victims(refs(all.subList(1, all.size())));
            };
        }
    }

    /** What {@code rotate.lua} answered. */
    enum Rotation {
        GONE,
        DONE,
        ROTATED_ALREADY,
        SOMEBODY_ELSES;

        private static final List<Rotation> BY_NUMBER = List.of(values());
    }

    private static List<SessionRef> refs(List<Reply> members) {
        return members.stream().map(member -> SessionRef.parse(member.text())).toList();
    }

    /** What {@code update.lua} answered. */
    sealed interface Change {
        record Done(long version) implements Change {}

        record Gone() implements Change {}

        record Conflict(long version) implements Change {}

        record TooLarge(long bytes) implements Change {}

        record Moved(SessionRef to) implements Change {}

        private static Change read(Reply reply) {
            List<Reply> all = reply.list();
            return switch (all.get(0).text()) {
                case "U" -> new Done(all.get(1).number());
                case "C" -> new Conflict(all.get(1).number());
                case "L" -> new TooLarge(all.get(1).number());
                case "M" -> new Moved(SessionRef.parse(all.get(1).text()));
                default -> new Gone();
            };
        }
    }
}

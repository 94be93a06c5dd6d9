package io.lumbung.session;

import io.lumbung.error.StoreException;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.SessionEvent;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Pending;
import io.lumbung.redis.ServerTime;
import io.lumbung.redis.Subscription;
import io.lumbung.session.StoredSession.Found;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions on Redis. What they promise is in {@link Sessions}; what is stored in {@link StoredSession}. */
final class RedisSessions implements Sessions {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.session");
    private static final int AT_ONCE = 500;
    /** A session rotated twice within its grace is two steps away; more is nobody's honest request. */
    private static final int MOST_STEPS = 4;

    private final Kernel kernel;
    private final SessionPolicy policy;
    private final Duration deadline;
    private final SessionCommands commands;
    private final ServerTime time;
    private final Expiries expiries;

    RedisSessions(Kernel kernel, SessionPolicy policy, Duration deadline) {
        this(kernel, policy, deadline, new Expiries(kernel, deadline, Expiries.EVERY, Expiries.EVERY.multipliedBy(6)));
    }

    RedisSessions(Kernel kernel, SessionPolicy policy, Duration deadline, Expiries expiries) {
        this.kernel = kernel;
        this.policy = Objects.requireNonNull(policy, "policy");
        this.deadline = deadline;
        this.commands = new SessionCommands(kernel.keys(), policy.expiryEvents());
        this.time = new ServerTime(System::nanoTime);
        this.expiries = expiries;
    }

    @Override
    public SessionPolicy policy() {
        return policy;
    }

    // Creating

    @Override
    public CreateResult create(NewSession wanted) {
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        wanted.attributes().forEach((name, value) -> attributes.put(name, json(value)));
        Map<String, byte[]> marked = new LinkedHashMap<>();
        attributes.forEach((name, json) -> marked.put(StoredSession.ATTRIBUTE + name, json));
        long bytes = Attributes.bytes(marked);
        if (bytes > policy.maxDataBytes()) {
            throw tooLarge(bytes);
        }
        SessionToken token = wanted.user()
                .map(user -> SessionToken.fresh(KeySpace.sessionBucket(user)))
                .orElseGet(SessionToken::inAnyBucket);
        Map<String, byte[]> fields = new LinkedHashMap<>();
        wanted.user().ifPresent(user -> fields.put(StoredSession.USER, text(user)));
        if (!wanted.device().equals(Device.UNKNOWN)) {
            fields.put(StoredSession.DEVICE, text(StoredSession.text(wanted.device())));
        }
        fields.putAll(marked);

        Deadline end = Deadline.in(deadline);
        List<SessionRef> victims = List.of();
        List<SessionRef> evicted = new ArrayList<>();
        while (true) {
            SessionCommands.Creation answer =
                    call(commands.create(wanted.user(), token.ref(), policy, victims, bytes, fields), end);
            if (answer instanceof SessionCommands.Creation.Created created) {
                evicted.addAll(created.evicted());
                return created(wanted, token, created.at(), evicted, attributes);
            }
            if (answer instanceof SessionCommands.Creation.Full full) {
                observe(SessionEvent.REJECTED);
                log.debug("not created: {} sessions already", full.live());
                return new CreateResult.Rejected(full.live());
            }
            if (answer instanceof SessionCommands.Creation.Partly partly) {
                evicted.addAll(partly.evicted());
                victims = List.of();
                continue;
            }
            // Others may take our victims first; each time round somebody got in.
            victims = ((SessionCommands.Creation.Victims) answer).first();
        }
    }

    private CreateResult created(
            NewSession wanted, SessionToken token, long at, List<SessionRef> evicted, Map<String, byte[]> attributes) {
        time.heard(at * 1000);
        observe(SessionEvent.CREATED);
        evicted.forEach(one -> observe(SessionEvent.EVICTED));
        StoredSession stored = new StoredSession(
                wanted.user(),
                at,
                at,
                at + policy.absolute().toMillis(),
                policy.idle().toMillis(),
                1,
                wanted.device(),
                attributes);
        Session session = new Session(token.ref(), stored, kernel.codec());
        log.debug("created {}, {} evicted", session, evicted.size());
        return new CreateResult.Created(
                token, session, evicted.stream().map(SessionRef::id).toList());
    }

    // Reading

    @Override
    public Optional<Session> find(String token) {
        Optional<SessionToken> parsed = SessionToken.parse(token);
        if (parsed.isEmpty()) {
            observe(SessionEvent.MALFORMED);
            return Optional.empty();
        }
        return find(parsed.get());
    }

    @Override
    public Optional<Session> find(SessionToken token) {
        Deadline end = Deadline.in(deadline);
        Optional<Session> found = alive(token.ref(), end);
        if (found.isPresent() && isDue(found.get())) {
            found = touched(found.get(), end);
        }
        observe(found.isPresent() ? SessionEvent.FOUND : SessionEvent.ABSENT);
        log.debug("find {}: {}", token.id(), found.isPresent() ? "alive" : "absent");
        return found;
    }

    private Optional<Session> alive(SessionRef asked, Deadline end) {
        SessionRef ref = asked;
        for (int step = 0; step < MOST_STEPS; step++) {
            Found found = call(commands.read(ref), end);
            if (found instanceof Found.Alive alive) {
                return Optional.of(new Session(ref, alive.session(), kernel.codec()));
            }
            if (!(found instanceof Found.Moved moved)) {
                return Optional.empty();
            }
            ref = moved.to();
        }
        return Optional.empty();
    }

    private boolean isDue(Session session) {
        long now = time.micros() / 1000;
        // A session may have been given a shorter life than the policy's: it must be noted in time all the same.
        long every = Math.min(policy.touchEvery().toMillis(), session.idle().toMillis() / 4);
        // What this process believes may lie a little behind, and each use is each use.
        return now == 0 || every == 0 || now - session.lastUsedAt().toEpochMilli() >= every;
    }

    /** That the use could not be noted does not unmake the session that was read. */
    private Optional<Session> touched(Session session, Deadline end) {
        try {
            return lives(session, Optional.empty(), end);
        } catch (StoreException e) {
            log.warn("the use of {} is not noted: {}", session, e.getMessage());
            return Optional.of(session);
        }
    }

    private Optional<Session> lives(Session read, Optional<Duration> idle, Deadline end) {
        Session session = read;
        for (int step = 0; step < MOST_STEPS; step++) {
            long now = call(commands.touch(session.user(), session.ref(), idle), end);
            if (now > 0) {
                time.heard(now * 1000);
                observe(SessionEvent.TOUCHED);
                return stillEntered(session.usedAt(now, idle), end);
            }
            Optional<Session> rotated = now == 0 ? Optional.empty() : alive(session.ref(), end);
            if (rotated.isEmpty()) {
                return rotated;
            }
            session = rotated.get();
        }
        return Optional.empty();
    }

    /**
     * A session abroad lives on in its user's index too, unless it was taken out of it. If it still is as it was before
     * that was seen, all sessions of the user were ended, and this one must end too; else it was rotated or given to
     * somebody else, and it is looked for there.
     */
    private Optional<Session> stillEntered(Session read, Deadline end) {
        Session session = read;
        while (true) {
            SessionRef ref = session.ref();
            Optional<String> user = session.user();
            if (user.isEmpty() || SessionCommands.isAtHome(ref, user.get())) {
                return Optional.of(session);
            }
            if (call(commands.enter(user.get(), ref, session.life(), Optional.of(ref)), end)) {
                return Optional.of(session);
            }
            Optional<Session> now = alive(ref, end);
            if (now.isEmpty()) {
                return now;
            }
            if (now.get().ref().equals(ref) && now.get().version() == session.version()) {
                destroyed(user, true, List.of(ref), end);
                return Optional.empty();
            }
            session = now.get();
        }
    }

    @Override
    public Optional<Session> refresh(SessionToken token) {
        Deadline end = Deadline.in(deadline);
        Optional<Session> found = alive(token.ref(), end);
        return found.isEmpty() ? found : lives(found.get(), Optional.of(policy.idle()), end);
    }

    // Changing

    @Override
    public UpdateResult update(SessionToken token, SessionChange change) {
        Map<String, byte[]> set = new LinkedHashMap<>();
        List<String> removed = new ArrayList<>();
        change.attributes().forEach((name, value) -> {
            if (value.isPresent()) {
                set.put(StoredSession.ATTRIBUTE + name, json(value.get()));
            } else {
                removed.add(StoredSession.ATTRIBUTE + name);
            }
        });
        long least = Attributes.bytes(set);
        if (least > policy.maxDataBytes()) {
            throw tooLarge(least);
        }
        String version =
                change.version().isPresent() ? Long.toString(change.version().getAsLong()) : "";
        String id = 'c' + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        Deadline end = Deadline.in(deadline);
        SessionRef ref = token.ref();
        for (int step = 0; step < MOST_STEPS; step++) {
            SessionCommands.Change answer =
                    call(commands.update(ref, version, id, policy.maxDataBytes(), set, removed), end);
            if (answer instanceof SessionCommands.Change.Moved moved) {
                ref = moved.to();
                continue;
            }
            return result(token, answer);
        }
        return new UpdateResult.Gone();
    }

    private UpdateResult result(SessionToken token, SessionCommands.Change answer) {
        log.debug("update {}: {}", token.id(), answer);
        if (answer instanceof SessionCommands.Change.Done done) {
            observe(SessionEvent.UPDATED);
            return new UpdateResult.Updated(done.version());
        }
        if (answer instanceof SessionCommands.Change.Conflict conflict) {
            observe(SessionEvent.CONFLICT);
            return new UpdateResult.Conflict(conflict.version());
        }
        if (answer instanceof SessionCommands.Change.TooLarge tooLarge) {
            throw tooLarge(tooLarge.bytes());
        }
        return new UpdateResult.Gone();
    }

    @Override
    public RotateResult rotate(SessionToken token) {
        Deadline end = Deadline.in(deadline);
        SessionToken next = SessionToken.fresh(token.ref().bucket());
        for (int step = 0; step < MOST_STEPS; step++) {
            Found found = call(commands.read(token.ref()), end);
            if (found instanceof Found.Moved moved) {
                return alive(moved.to(), end).isPresent() ? new RotateResult.RotatedAlready() : new RotateResult.Gone();
            }
            if (!(found instanceof Found.Alive alive)) {
                return new RotateResult.Gone();
            }
            Session session = new Session(token.ref(), alive.session(), kernel.codec());
            SessionCommands.Rotation answer = rotated(session, next, end);
            log.debug("rotate {} to {}: {}", token.id(), next.id(), answer);
            switch (answer) {
                case DONE -> {
                    observe(SessionEvent.ROTATED);
                    return new RotateResult.Rotated(next);
                }
                case GONE -> {
                    return new RotateResult.Gone();
                }
                case ROTATED_ALREADY -> {
                    return new RotateResult.RotatedAlready();
                }
                case SOMEBODY_ELSES -> {
                    // Read it again.
                }
            }
        }
        return new RotateResult.RotatedAlready();
    }

    private SessionCommands.Rotation rotated(Session session, SessionToken next, Deadline end) {
        SessionRef ref = session.ref();
        Optional<String> abroad = session.user().filter(user -> !SessionCommands.isAtHome(ref, user));
        if (abroad.isEmpty()) {
            return call(commands.rotate(session.user(), ref, next.ref(), policy.grace()), end);
        }
        String user = abroad.get();
        // First the entry, so that whoever ends all sessions of the user finds this one by one id or the other; then
        // whether the entry is still there, because they may have looked for the new id before the session had it.
        call(commands.enter(user, next.ref(), session.life(), Optional.empty()), end);
        SessionCommands.Rotation answer = call(commands.rotate(session.user(), ref, next.ref(), policy.grace()), end);
        if (answer != SessionCommands.Rotation.DONE) {
            call(commands.leave(user, next.ref()), end);
            return answer;
        }
        call(commands.leave(user, ref), end);
        if (call(commands.isEntered(user, next.ref()), end)) {
            return answer;
        }
        Session renamed = new Session(next.ref(), session.stored(), kernel.codec());
        return stillEntered(renamed, end).isPresent() ? answer : SessionCommands.Rotation.GONE;
    }

    @Override
    public Optional<Session> assign(SessionToken token, String user) {
        Users.check(user);
        Deadline end = Deadline.in(deadline);
        while (true) {
            Optional<Session> found = alive(token.ref(), end);
            if (found.isEmpty()) {
                return found;
            }
            Session session = found.get();
            SessionRef ref = session.ref();
            boolean abroad = !SessionCommands.isAtHome(ref, user);
            // First the entry, then the session, then whether the entry is still there: ending all sessions of the
            // user at any moment between either finds this one or is seen here.
            if (abroad) {
                call(commands.enter(user, ref, session.life(), Optional.empty()), end);
            }
            long version = call(commands.assign(ref, Optional.of(user), session.user()), end);
            if (version > 0) {
                Session theirs = session.of(Optional.of(user), version);
                log.debug("assign {}: done", theirs);
                observe(SessionEvent.UPDATED);
                return !abroad || call(commands.isEntered(user, ref), end)
                        ? Optional.of(theirs)
                        : stillEntered(theirs, end);
            }
            if (version == 0 && abroad) {
                // It ended, or was rotated: nothing goes by this name again.
                call(commands.leave(user, ref), end);
            }
        }
    }

    @Override
    public Optional<Session> release(SessionToken token) {
        Deadline end = Deadline.in(deadline);
        while (true) {
            Optional<Session> found = alive(token.ref(), end);
            if (found.flatMap(Session::user).isEmpty()) {
                return found;
            }
            Session session = found.get();
            long version = call(commands.assign(session.ref(), Optional.empty(), session.user()), end);
            if (version > 0) {
                log.debug("release {}: done", session);
                observe(SessionEvent.UPDATED);
                return Optional.of(session.of(Optional.empty(), version));
            }
        }
    }

    // Ending

    @Override
    public boolean destroy(SessionToken token) {
        Deadline end = Deadline.in(deadline);
        return alive(token.ref(), end)
                .map(session -> destroyed(session.user(), false, eachOnce(session.ref(), token.ref()), end) > 0)
                .orElse(false);
    }

    /** The session before the old id that leads to it: who finds that one gone finds the session gone. */
    private static List<SessionRef> eachOnce(SessionRef session, SessionRef asked) {
        return session.equals(asked) ? List.of(session) : List.of(session, asked);
    }

    @Override
    public boolean destroy(String user, SessionId id) {
        Deadline end = Deadline.in(deadline);
        return call(commands.index(user), end).stream()
                .filter(ref -> ref.id().equals(id))
                .findFirst()
                .map(ref -> destroyed(Optional.of(user), true, List.of(ref), end) > 0)
                .orElse(false);
    }

    @Override
    public long destroyAll(String user) {
        return destroyAll(user, Optional.empty());
    }

    @Override
    public long destroyAllBut(String user, SessionId kept) {
        return destroyAll(user, Optional.of(kept));
    }

    // Again until nothing is left: a session that was rotated meanwhile stands there under another id.
    private long destroyAll(String user, Optional<SessionId> kept) {
        long existed = 0;
        while (true) {
            Deadline end = Deadline.in(deadline);
            List<SessionRef> all = call(commands.index(user), end).stream()
                    .filter(ref -> kept.isEmpty() || !ref.id().equals(kept.get()))
                    .limit(AT_ONCE)
                    .toList();
            if (all.isEmpty()) {
                log.debug("destroyed all {} in {}", existed, kernel.keys().sessionIndex(user));
                return existed;
            }
            existed += destroyed(Optional.of(user), true, all, end);
        }
    }

    /**
     * @param user in whose list they are
     * @param onlyTheirs leave those that are somebody else's by now; they are only taken out of the list
     */
    private long destroyed(Optional<String> user, boolean onlyTheirs, List<SessionRef> some, Deadline end) {
        Optional<String> owner = onlyTheirs ? user : Optional.empty();
        long existed = 0;
        for (List<SessionRef> left = some; !left.isEmpty(); ) {
            List<SessionRef> moved = new ArrayList<>();
            List<SessionRef> home = left.stream()
                    .filter(ref -> user.isPresent() && SessionCommands.isAtHome(ref, user.get()))
                    .toList();
            if (!home.isEmpty()) {
                SessionCommands.Destruction answer =
                        call(commands.destroyAtHome(user.orElseThrow(), onlyTheirs, home), end);
                existed += answer.existed();
                moved.addAll(answer.moved());
            }
            List<SessionRef> abroad =
                    left.stream().filter(ref -> !home.contains(ref)).toList();
            List<SessionRef> unseen = new ArrayList<>();
            existed += destroyedAbroad(owner, abroad, moved, unseen, end);
            // Last, so that a failure before leaves them where the next try finds them.
            user.ifPresent(known -> sentAll(abroad, ref -> commands.leave(known, ref), end));
            // Who enters a session and then finds the entry gone ends it. Who looked before it went is seen now.
            if (user.isPresent()) {
                existed += destroyedAbroad(owner, unseen, moved, new ArrayList<>(), end);
            }
            left = moved;
        }
        for (long i = 0; i < existed; i++) {
            observe(SessionEvent.DESTROYED);
        }
        return existed;
    }

    private long destroyedAbroad(
            Optional<String> owner,
            List<SessionRef> some,
            List<SessionRef> moved,
            List<SessionRef> unseen,
            Deadline end) {
        List<SessionCommands.Destruction> answers = sentAll(some, ref -> commands.destroyAbroad(ref, owner), end);
        long existed = 0;
        for (int i = 0; i < some.size(); i++) {
            SessionCommands.Destruction answer = answers.get(i);
            existed += answer.existed();
            moved.addAll(answer.moved());
            if (answer.existed() == 0 && answer.moved().isEmpty()) {
                unseen.add(some.get(i));
            }
        }
        return existed;
    }

    // Listing

    @Override
    public List<Session> list(String user) {
        List<SessionRef> refs = call(commands.index(user), Deadline.in(deadline));
        List<Session> alive = new ArrayList<>(refs.size());
        for (int from = 0; from < refs.size(); from += AT_ONCE) {
            List<SessionRef> some = refs.subList(from, Math.min(from + AT_ONCE, refs.size()));
            List<Found> read = sentAll(some, commands::read, Deadline.in(deadline));
            for (int i = 0; i < some.size(); i++) {
                // An entry may be there before the session is the user's, and after.
                if (read.get(i) instanceof Found.Alive found
                        && found.session().user().equals(Optional.of(user))) {
                    alive.add(new Session(some.get(i), found.session(), kernel.codec()));
                }
            }
        }
        alive.sort(Comparator.comparing(Session::lastUsedAt).reversed());
        return alive;
    }

    @Override
    public Subscription onExpired(Consumer<ExpiredSession> listener) {
        Objects.requireNonNull(listener, "listener");
        if (!policy.expiryEvents()) {
            throw new IllegalStateException(
                    "the policy does not note when sessions die: create sessions with SessionPolicy.withExpiryEvents()");
        }
        return expiries.tell(listener);
    }

    private <T> T call(Command<T> command, Deadline end) {
        return kernel.state().call(command, end);
    }

    /** One round trip for all. */
    private <T> List<T> sentAll(List<SessionRef> refs, Function<SessionRef, Command<T>> command, Deadline end) {
        List<Pending<T>> sent = new ArrayList<>(refs.size());
        refs.forEach(ref -> sent.add(kernel.state().send(command.apply(ref), end)));
        return sent.stream().map(Pending::await).toList();
    }

    private void observe(SessionEvent event) {
        kernel.observer().observe(new Observation.Session(event));
    }

    private byte[] json(Object value) {
        return kernel.codec().encode(value, value.getClass());
    }

    private IllegalArgumentException tooLarge(long bytes) {
        return new IllegalArgumentException("the attributes of a session would take " + bytes + " bytes, the limit is "
                + policy.maxDataBytes() + "; keep a reference instead of the data");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

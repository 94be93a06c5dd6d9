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

    RedisSessions(Kernel kernel, SessionPolicy policy, Duration deadline) {
        this.kernel = kernel;
        this.policy = Objects.requireNonNull(policy, "policy");
        this.deadline = deadline;
        this.commands = new SessionCommands(kernel.keys());
        this.time = new ServerTime(System::nanoTime);
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
        fields.put(StoredSession.ADDRESS, text(wanted.device().address()));
        fields.put(StoredSession.USER_AGENT, text(wanted.device().userAgent()));
        fields.put(StoredSession.BYTES, text(Long.toString(bytes)));
        fields.putAll(marked);

        Deadline end = Deadline.in(deadline);
        List<SessionRef> victims = List.of();
        List<SessionRef> evicted = new ArrayList<>();
        while (true) {
            SessionCommands.Creation answer =
                    call(commands.create(wanted.user(), token.ref(), policy, victims, fields), end);
            if (answer instanceof SessionCommands.Creation.Created created) {
                evicted.addAll(created.evicted());
                return created(wanted, token, created.at(), evicted, attributes);
            }
            if (answer instanceof SessionCommands.Creation.Full full) {
                observe(SessionEvent.REJECTED);
                log.debug("{} sessions of {} already", full.live(), wanted.user());
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

    /** A session abroad lives on in its user's index too, unless it was taken out of it: then it must end. */
    private Optional<Session> stillEntered(Session session, Deadline end) {
        SessionRef ref = session.ref();
        if (session.user().isEmpty()
                || SessionCommands.isAtHome(ref, session.user().get())) {
            return Optional.of(session);
        }
        return call(commands.enter(session.user().get(), ref, session.life(), Optional.of(ref)), end)
                ? Optional.of(session)
                : unlessEnded(session, end);
    }

    /**
     * What became of a session that is no longer in its user's index: it was rotated, or given to somebody else; if not,
     * all sessions of the user were ended, and this one must end too.
     */
    private Optional<Session> unlessEnded(Session session, Deadline end) {
        Optional<Session> now = alive(session.ref(), end);
        boolean same = now.filter(found ->
                        found.ref().equals(session.ref()) && found.user().equals(session.user()))
                .isPresent();
        if (!same) {
            return now;
        }
        destroyed(session.user(), List.of(session.ref()), end);
        return Optional.empty();
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
        return unlessEnded(renamed, end).isPresent() ? answer : SessionCommands.Rotation.GONE;
    }

    @Override
    public Optional<Session> assign(SessionToken token, String user) {
        Users.check(user);
        Deadline end = Deadline.in(deadline);
        for (int step = 0; step < MOST_STEPS; step++) {
            Optional<Session> found = alive(token.ref(), end);
            if (found.isEmpty()) {
                return found;
            }
            SessionRef ref = found.get().ref();
            // First the entry, then the session, then whether the entry is still there: ending all sessions of the
            // user at any moment between either finds this one or is seen here.
            call(commands.enter(user, ref, found.get().life(), Optional.empty()), end);
            if (call(commands.assign(ref, user), end)) {
                return assigned(found.get(), user, end);
            }
            // It ended, or was rotated.
            call(commands.leave(user, ref), end);
        }
        return Optional.empty();
    }

    private Optional<Session> assigned(Session session, String user, Deadline end) {
        SessionRef ref = session.ref();
        Optional<String> before = session.user().filter(other -> !other.equals(user));
        if (before.isPresent()) {
            call(commands.leave(before.get(), ref), end);
        }
        if (!call(commands.isEntered(user, ref), end)) {
            return unlessEnded(session.of(user), end);
        }
        log.debug("{} is {}'s now", session, user);
        observe(SessionEvent.UPDATED);
        return Optional.of(session.of(user));
    }

    // Ending

    @Override
    public boolean destroy(SessionToken token) {
        Deadline end = Deadline.in(deadline);
        return alive(token.ref(), end)
                .map(session -> destroyed(session.user(), eachOnce(session.ref(), token.ref()), end) > 0)
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
                .map(ref -> destroyed(Optional.of(user), List.of(ref), end) > 0)
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
                log.debug("destroyed {} sessions of {}", existed, user);
                return existed;
            }
            existed += destroyed(Optional.of(user), all, end);
        }
    }

    private long destroyed(Optional<String> user, List<SessionRef> some, Deadline end) {
        long existed = 0;
        for (List<SessionRef> left = some; !left.isEmpty(); ) {
            List<SessionRef> moved = new ArrayList<>();
            List<SessionRef> home = left.stream()
                    .filter(ref -> user.isPresent() && SessionCommands.isAtHome(ref, user.get()))
                    .toList();
            List<Pending<SessionCommands.Destruction>> sent = new ArrayList<>();
            if (!home.isEmpty()) {
                sent.add(kernel.state().send(commands.destroyAtHome(user.orElseThrow(), home), end));
            }
            List<SessionRef> abroad =
                    left.stream().filter(ref -> !home.contains(ref)).toList();
            abroad.forEach(ref -> sent.add(kernel.state().send(commands.destroyAbroad(ref), end)));
            for (Pending<SessionCommands.Destruction> one : sent) {
                SessionCommands.Destruction answer = one.await();
                existed += answer.existed();
                moved.addAll(answer.moved());
            }
            // Last, so that a failure before leaves them where the next try finds them.
            if (user.isPresent()) {
                List<Pending<Long>> leaving = abroad.stream()
                        .map(ref -> kernel.state().send(commands.leave(user.get(), ref), end))
                        .toList();
                leaving.forEach(Pending::await);
            }
            left = moved;
        }
        for (long i = 0; i < existed; i++) {
            observe(SessionEvent.DESTROYED);
        }
        return existed;
    }

    // Listing

    @Override
    public List<Session> list(String user) {
        Deadline end = Deadline.in(deadline);
        List<SessionRef> refs = call(commands.index(user), end);
        List<Pending<Found>> asked = new ArrayList<>(refs.size());
        refs.forEach(ref -> asked.add(kernel.state().send(commands.read(ref), end)));
        List<Session> alive = new ArrayList<>(refs.size());
        for (int i = 0; i < refs.size(); i++) {
            // An entry may be there before the session is the user's.
            if (asked.get(i).await() instanceof Found.Alive found
                    && found.session().user().equals(Optional.of(user))) {
                alive.add(new Session(refs.get(i), found.session(), kernel.codec()));
            }
        }
        alive.sort(Comparator.comparing(Session::lastUsedAt).reversed());
        return alive;
    }

    private <T> T call(Command<T> command, Deadline end) {
        return kernel.state().call(command, end);
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

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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions on Redis. What they promise is in {@link Sessions}; what is stored in {@link StoredSession}. */
final class RedisSessions implements Sessions {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.session");
    private static final int AT_ONCE = 500;
    private static final long A_LITTLE = 1_000;

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

    /** However often it was rotated within its grace. */
    private Optional<Session> alive(SessionRef asked, Deadline end) {
        SessionRef ref = asked;
        while (true) {
            Found found = call(commands.read(ref), end);
            if (found instanceof Found.Alive alive) {
                return Optional.of(new Session(ref, alive.session(), kernel.codec()));
            }
            if (!(found instanceof Found.Moved moved)) {
                return Optional.empty();
            }
            ref = moved.to();
        }
    }

    private boolean isDue(Session session) {
        long now = time.micros() / 1000;
        // A session may have been given a shorter life than the policy's: it must be noted in time all the same.
        long every = Math.min(policy.touchEvery().toMillis(), session.idle().toMillis() / 4);
        long ago = now - session.lastUsedAt().toEpochMilli();
        // What this process believes may lie a little behind; far behind it slept, or the server's clock went back.
        return now == 0 || every == 0 || ago >= every || ago < -A_LITTLE;
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
        while (true) {
            enter(session.ref(), session.user(), longer(session.life(), idle.orElse(Duration.ZERO)), end);
            long now = call(commands.touch(session.user(), session.ref(), idle), end);
            if (now > 0) {
                time.heard(now * 1000);
                observe(SessionEvent.TOUCHED);
                return Optional.of(session.usedAt(now, idle));
            }
            Optional<Session> other = now == 0 ? Optional.empty() : alive(session.ref(), end);
            if (other.isEmpty()) {
                return other;
            }
            session = other.get();
        }
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /**
     * Abroad the entry comes first, and goes only with the session: so whoever ends all sessions of the user finds this
     * one. It may stand there without being the user's.
     */
    private void enter(SessionRef ref, Optional<String> user, Duration life, Deadline end) {
        user.filter(known -> !SessionCommands.isAtHome(ref, known))
                .ifPresent(known -> call(commands.enter(known, ref, life), end));
    }

    private void leave(SessionRef ref, Optional<String> user, Deadline end) {
        user.filter(known -> !SessionCommands.isAtHome(ref, known)).ifPresent(known -> leave(List.of(ref), known, end));
    }

    /** Only tidies up: what stands there without being the user's shows nothing, and goes by itself. */
    private void leave(List<SessionRef> some, String user, Deadline end) {
        try {
            call(commands.leave(user, some), end);
        } catch (StoreException e) {
            log.debug("entries stay until they would have died: {}", e.getMessage());
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
        while (true) {
            SessionCommands.Change answer =
                    call(commands.update(ref, version, id, policy.maxDataBytes(), set, removed), end);
            if (answer instanceof SessionCommands.Change.Moved moved) {
                ref = moved.to();
                continue;
            }
            return result(token, answer);
        }
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
        while (true) {
            Found found = call(commands.read(token.ref()), end);
            if (found instanceof Found.Moved moved && moved.to().equals(next.ref())) {
                return new RotateResult.Rotated(next);
            }
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
    }

    private SessionCommands.Rotation rotated(Session session, SessionToken next, Deadline end) {
        enter(next.ref(), session.user(), session.life(), end);
        SessionCommands.Rotation answer = call(
                commands.rotate(session.user(), session.ref(), next.ref(), policy.grace(), session.expiresAt()), end);
        switch (answer) {
            case DONE -> leave(session.ref(), session.user(), end);
            case GONE, ROTATED_ALREADY -> leave(next.ref(), session.user(), end);
            case SOMEBODY_ELSES -> {
                // Tried again by the same name.
            }
        }
        return answer;
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
            enter(session.ref(), Optional.of(user), session.life(), end);
            long version =
                    call(commands.assign(session.ref(), Optional.of(user), session.user(), session.expiresAt()), end);
            if (version > 0) {
                log.debug("assign {}: done", session);
                observe(SessionEvent.UPDATED);
                return Optional.of(session.of(Optional.of(user), version));
            }
            if (version == 0) {
                // It ended, or was rotated: nothing goes by this name again.
                leave(session.ref(), Optional.of(user), end);
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
            long version =
                    call(commands.assign(session.ref(), Optional.empty(), session.user(), session.expiresAt()), end);
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
        while (true) {
            Optional<Session> session = alive(token.ref(), end);
            if (session.isEmpty()) {
                return false;
            }
            // None if it ended meanwhile, or is somebody else's by now.
            if (destroyed(session.get().user(), eachOnce(session.get().ref(), token.ref()), end) > 0) {
                return true;
            }
        }
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

    // Until the list holds nothing new: a session that was rotated meanwhile stands there under another id.
    private long destroyAll(String user, Optional<SessionId> kept) {
        Set<SessionRef> seen = new HashSet<>();
        long existed = 0;
        while (true) {
            Deadline end = Deadline.in(deadline);
            List<SessionRef> some = atOnce(
                    call(commands.index(user), end).stream()
                            .filter(ref -> !seen.contains(ref))
                            .filter(ref -> kept.isEmpty() || !ref.id().equals(kept.get()))
                            .toList(),
                    user);
            if (some.isEmpty()) {
                log.debug("destroyed all {} in {}", existed, kernel.keys().sessionIndex(user));
                return existed;
            }
            existed += destroyed(Optional.of(user), some, end);
            seen.addAll(some);
        }
    }

    /**
     * Some of them, but all of a bucket: of a session that is rotated old and new id are looked at together. At home, where
     * a rotation moves the entry with the session, that does not matter.
     */
    private static List<SessionRef> atOnce(List<SessionRef> all, String user) {
        List<SessionRef> some = new ArrayList<>();
        for (List<SessionRef> bucket : byBucket(all)) {
            if (!some.isEmpty() && some.size() + bucket.size() > AT_ONCE) {
                break;
            }
            boolean home = SessionCommands.isAtHome(bucket.get(0), user);
            some.addAll(home ? bucket.subList(0, Math.min(AT_ONCE, bucket.size())) : bucket);
        }
        return some;
    }

    private static Collection<List<SessionRef>> byBucket(List<SessionRef> all) {
        return all.stream().collect(Collectors.groupingBy(SessionRef::bucket)).values();
    }

    /**
     * How many of these there were. What is somebody else's by now stays.
     *
     * @param user whose they are; empty for nobody's
     */
    private long destroyed(Optional<String> user, List<SessionRef> some, Deadline end) {
        List<SessionRef> ended = sentAll(byBucket(some), bucket -> commands.destroy(user, bucket), end).stream()
                .flatMap(List::stream)
                .toList();
        List<SessionRef> abroad = ended.stream()
                .filter(ref -> user.isPresent() && !SessionCommands.isAtHome(ref, user.get()))
                .toList();
        if (!abroad.isEmpty()) {
            leave(abroad, user.orElseThrow(), end);
        }
        ended.forEach(one -> observe(SessionEvent.DESTROYED));
        return ended.size();
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
    private <A, T> List<T> sentAll(Collection<A> all, Function<A, Command<T>> command, Deadline end) {
        List<Pending<T>> sent = new ArrayList<>(all.size());
        all.forEach(one -> sent.add(kernel.state().send(command.apply(one), end)));
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

package io.lumbung.spring.session;

import io.lumbung.error.StoreException;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.RotateResult;
import io.lumbung.session.Session;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.session.UpdateResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.FlushMode;
import org.springframework.session.PrincipalNameIndexResolver;
import org.springframework.session.SaveMode;

/**
 * Spring Session on {@link Sessions}, so that {@code HttpSession} and Spring Security work unchanged.
 *
 * <p>A session begins as nobody's and becomes a user's once its principal is known; then {@link Sessions#list} and {@link
 * Sessions#destroyAll} see it. Changes are written attribute by attribute, and only to a session that still exists: a slow
 * request that saves after a logout writes nothing and is not told. Such sessions do not count against {@link
 * SessionPolicy#most()}.
 *
 * <p>Reading costs one round trip, saving one if something changed, a login three more. Every call may throw {@link
 * StoreException}: that Redis does not answer is never "no session". Thread-safe.
 */
public final class LumbungSessionRepository implements FindByIndexNameSessionRepository<LumbungSession> {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);
    /** Where it is written who is logged in. */
    static final Set<String> LOGIN = Set.of(PRINCIPAL_NAME_INDEX_NAME, "SPRING_SECURITY_CONTEXT");

    private final Sessions sessions;
    private final Sessions atOnce;
    private final Function<SessionPolicy, Sessions> others;
    private final RequestDevices devices;
    private final AttributeTypes types;
    private final SaveMode saveMode;
    private final FlushMode flushMode;
    private final SessionNews news;
    private final PrincipalNameIndexResolver<LumbungSession> principals = new PrincipalNameIndexResolver<>();

    /** @param others the same sessions, by another policy */
    LumbungSessionRepository(
            Sessions sessions,
            Function<SessionPolicy, Sessions> others,
            RequestDevices devices,
            AttributeTypes types,
            SaveMode saveMode,
            FlushMode flushMode,
            SessionNews news) {
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.others = others;
        this.devices = devices;
        this.types = types;
        this.saveMode = saveMode;
        this.flushMode = flushMode;
        this.news = news;
        // Who knew the id before a login must not be logged in for a moment.
        this.atOnce = others.apply(sessions.policy().withGrace(Duration.ZERO));
    }

    /** In Redis at once: its id is a token, which only Redis' answer makes good. */
    @Override
    public LumbungSession createSession() {
        if (sessions.create(NewSession.anonymous().from(devices.current())) instanceof CreateResult.Created created) {
            news.created(created.session().id());
            return LumbungSession.of(this, created.token(), created.session());
        }
        throw new IllegalStateException("a session of nobody was rejected");
    }

    @Override
    public void save(LumbungSession session) {
        session.save();
    }

    @Override
    public @Nullable LumbungSession findById(String id) {
        return RequestReads.known(id).or(() -> read(id)).orElse(null);
    }

    private Optional<LumbungSession> read(String id) {
        Optional<LumbungSession> read = sessions.find(id)
                .flatMap(found -> SessionToken.parse(id).map(token -> LumbungSession.of(this, token, found)));
        read.ifPresent(session -> RequestReads.note(id, session));
        return read;
    }

    @Override
    public void deleteById(String id) {
        ListedId.parse(id)
                .ifPresentOrElse(this::delete, () -> SessionToken.parse(id).ifPresent(this::delete));
    }

    private void delete(ListedId listed) {
        if (sessions.destroy(listed.user(), listed.id())) {
            news.deleted(listed.id(), Optional.of(listed.user()));
        }
    }

    private void delete(SessionToken token) {
        if (sessions.destroy(token)) {
            news.deleted(token.id(), RequestReads.noted(token.text()).flatMap(LumbungSession::user));
        }
    }

    /**
     * The sessions of a user, last used first, for any other index none. Their ids are no tokens, which only their bearers
     * know: such a session can be read, and deleted by its id.
     */
    @Override
    public Map<String, LumbungSession> findByIndexNameAndIndexValue(String indexName, String indexValue) {
        Map<String, LumbungSession> found = new LinkedHashMap<>();
        if (PRINCIPAL_NAME_INDEX_NAME.equals(indexName) && !indexValue.isBlank()) {
            for (Session one : sessions.list(indexValue)) {
                String id = ListedId.of(one, indexValue).text();
                found.put(id, LumbungSession.listed(this, id, one));
            }
        }
        return found;
    }

    // What a session asks for

    AttributeTypes types() {
        return types;
    }

    SaveMode saveMode() {
        return saveMode;
    }

    FlushMode flushMode() {
        return flushMode;
    }

    Optional<String> principal(LumbungSession session) {
        return Optional.ofNullable(principals.resolveIndexValueFor(session)).filter(name -> !name.isBlank());
    }

    /** Empty if there is no such session any more, or only by another token: whoever knows this one must not get in by it. */
    Optional<SessionToken> rotate(SessionToken token) {
        return atOnce.rotate(token) instanceof RotateResult.Rotated rotated
                ? Optional.of(rotated.token())
                : Optional.empty();
    }

    boolean assign(SessionToken token, String user) {
        return sessions.assign(token, user).isPresent();
    }

    boolean release(SessionToken token) {
        return sessions.release(token).isPresent();
    }

    boolean update(SessionToken token, SessionChange change) {
        return sessions.update(token, change) instanceof UpdateResult.Updated;
    }

    boolean live(SessionToken token, Duration idle) {
        return others.apply(sessions.policy().withIdle(idle)).refresh(token).isPresent();
    }

    /** The nearest idle life a session can have. */
    static Duration idle(Duration wanted) {
        if (wanted.isNegative() || wanted.compareTo(LONGEST) > 0) {
            return LONGEST;
        }
        return wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
    }
}

package io.lumbung.spring.session;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.lumbung.codec.JsonText;
import io.lumbung.error.CodecException;
import io.lumbung.session.Session;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.session.FlushMode;
import org.springframework.session.SaveMode;

/**
 * A session as Spring Session sees it: one read, and what a request changes about it. Its id is the token, which is never
 * logged here. One that came from a list cannot be changed and its id lets nobody in; it can be deleted by it.
 *
 * <p>When it was last used is what Redis noted, which is exact to {@code lumbung.session.touch-every}. Whether it is over
 * is for Redis to say: what was found has not expired. Belongs to one request, whose threads may share it; while one of
 * them saves, the others wait.
 */
public final class LumbungSession implements org.springframework.session.Session {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.session");
    /** Spring keeps the end of session-scoped beans there: a callback of this process, not data. */
    private static final String CALLBACK =
            "org.springframework.web.context.request.ServletRequestAttributes.DESTRUCTION_CALLBACK.";

    private final LumbungSessionRepository repository;
    private final Session read;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<SessionToken> tokens = new LinkedHashSet<>();
    private final Map<String, Optional<Object>> values = new HashMap<>();
    private final Map<String, String> stored = new HashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final Set<String> seen = new LinkedHashSet<>();
    private @Nullable SessionToken token;
    private String id;
    private Optional<String> user;
    private Duration idle;
    private boolean newIdle;
    private boolean gone;

    private LumbungSession(LumbungSessionRepository repository, Session read, @Nullable SessionToken token, String id) {
        this.repository = repository;
        this.read = read;
        this.token = token;
        this.id = id;
        this.user = read.user();
        this.idle = read.idle();
    }

    static LumbungSession of(LumbungSessionRepository repository, SessionToken token, Session read) {
        LumbungSession session = new LumbungSession(repository, read, token, token.text());
        session.tokens.add(token);
        return session;
    }

    static LumbungSession listed(LumbungSessionRepository repository, String id, Session read) {
        return new LumbungSession(repository, read, null, id);
    }

    @Override
    @JsonIgnore // it is the token
    public String getId() {
        return alone(() -> id);
    }

    /** The token of a session is dead at once, as Spring Security wants it at a login. */
    @Override
    public String changeSessionId() {
        return alone(this::changedId);
    }

    private String changedId() {
        Optional<SessionToken> next = gone ? Optional.empty() : repository.rotate(writable());
        if (next.isPresent()) {
            token = next.get();
            tokens.add(next.get());
            id = next.get().text();
        } else {
            isGone();
        }
        return id;
    }

    Optional<String> user() {
        return alone(() -> user);
    }

    // Attributes

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller says which type it is
    public <T> @Nullable T getAttribute(String attributeName) {
        Optional<Object> found = alone(() -> {
            Optional<Object> value = value(attributeName);
            if (value.isPresent()) {
                seen.add(attributeName);
            }
            return value;
        });
        return (T) found.orElse(null);
    }

    @Override
    public Set<String> getAttributeNames() {
        return alone(this::names);
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>(read.attributeNames());
        names.addAll(values.keySet());
        names.removeIf(name -> value(name).isEmpty());
        return names;
    }

    @Override
    public void setAttribute(String attributeName, @Nullable Object attributeValue) {
        if (attributeValue == null) {
            removeAttribute(attributeName);
            return;
        }
        alone(() -> set(attributeName, attributeValue));
    }

    private void set(String name, Object value) {
        if (name.startsWith(CALLBACK)) {
            values.put(name, Optional.of(value));
            return;
        }
        writable();
        // Refuses a name that could not be written, before it is in the way of all others.
        SessionChange.none().remove(name);
        repository.types().check(name, value);
        values.put(name, Optional.of(value));
        changed(name);
    }

    @Override
    public void removeAttribute(String attributeName) {
        alone(() -> remove(attributeName));
    }

    private void remove(String name) {
        boolean here = value(name).isPresent() || json(name).isPresent();
        values.put(name, Optional.empty());
        if (here && !name.startsWith(CALLBACK)) {
            writable();
            changed(name);
        }
    }

    private void changed(String name) {
        changed.add(name);
        flushIfImmediate();
    }

    private void flushIfImmediate() {
        if (repository.flushMode() == FlushMode.IMMEDIATE) {
            write();
        }
    }

    private Optional<Object> value(String name) {
        return values.computeIfAbsent(name, this::decoded);
    }

    private Optional<Object> decoded(String name) {
        return json(name).flatMap(json -> {
            try {
                return Optional.of(repository.types().decode(json));
            } catch (CodecException e) {
                log.warn(
                        "attribute '{}' of session {} is absent: {}",
                        oneLine(name),
                        read.id(),
                        oneLine(String.valueOf(e.getMessage())));
                return Optional.empty();
            }
        });
    }

    // A name may have come with a request: a line break in it must not forge a line of the log.
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
    }

    private Optional<String> json(String name) {
        String written = stored.get(name);
        return written != null
                ? Optional.of(written)
                : read.attribute(name, JsonText.class).map(JsonText::text);
    }

    // Times

    @Override
    public Instant getCreationTime() {
        return read.createdAt();
    }

    /** Redis notes it, by its own clock. */
    @Override
    public void setLastAccessedTime(Instant lastAccessedTime) {}

    @Override
    public Instant getLastAccessedTime() {
        return read.lastUsedAt();
    }

    /** A negative time, and one longer than 365 days, is 365 days; the absolute life stays. At least one second. */
    @Override
    public void setMaxInactiveInterval(Duration interval) {
        alone(() -> live(LumbungSessionRepository.idle(interval)));
    }

    private void live(Duration wanted) {
        if (wanted.equals(idle)) {
            return;
        }
        writable();
        idle = wanted;
        newIdle = true;
        flushIfImmediate();
    }

    @Override
    public Duration getMaxInactiveInterval() {
        return alone(() -> idle);
    }

    @Override
    public boolean isExpired() {
        return alone(() -> gone);
    }

    // Saving

    /** Writes what changed, to a session that still exists; to one that does not, nothing. */
    void save() {
        alone(this::write);
    }

    private void write() {
        if (token == null) {
            return;
        }
        if (gone) {
            log.debug("session {} is over: nothing is written", read.id());
            return;
        }
        assign();
        Map<String, Optional<String>> delta = gone ? Map.of() : delta();
        if (!delta.isEmpty()) {
            if (!update(delta)) {
                return;
            }
            delta.forEach((name, json) -> json.ifPresent(text -> stored.put(name, text)));
        }
        release();
        changed.clear();
        seen.clear();
        if (newIdle && !gone) {
            newIdle = false;
            if (!repository.live(writable(), idle)) {
                isGone();
            }
        }
    }

    // First the list of the user's sessions: what ends all of them ends this one, too. Before that, who was logged in
    // is
    // not any more: a session never stands in the list of one user and lets in another.
    private void assign() {
        if (changed.isEmpty()) {
            return;
        }
        Optional<String> principal = repository.principal(this);
        if (principal.isEmpty() || principal.equals(user)) {
            return;
        }
        Map<String, Optional<String>> login = new HashMap<>();
        if (user.isPresent()) {
            LumbungSessionRepository.LOGIN.stream()
                    .filter(name -> changed.contains(name) && json(name).isPresent())
                    .forEach(name -> login.put(name, Optional.empty()));
        }
        if (!login.isEmpty() && !update(login)) {
            return;
        }
        if (repository.assign(writable(), principal.get())) {
            user = principal;
        } else {
            isGone();
        }
    }

    // Only when it lets nobody in any more, so that it is in a list as long as it does.
    private void release() {
        if (gone || user.isEmpty() || !isLeft()) {
            return;
        }
        if (repository.release(writable())) {
            user = Optional.empty();
        } else {
            isGone();
        }
    }

    /** Whether who was logged in was removed: that it cannot be read here does not say that others cannot either. */
    private boolean isLeft() {
        return LumbungSessionRepository.LOGIN.stream().anyMatch(changed::contains)
                && repository.principal(this).isEmpty()
                && LumbungSessionRepository.LOGIN.stream()
                        .allMatch(name -> changed.contains(name)
                                || value(name).isPresent()
                                || json(name).isEmpty());
    }

    /** Whether there was still a session to change. */
    private boolean update(Map<String, Optional<String>> delta) {
        SessionChange change = SessionChange.none();
        for (Map.Entry<String, Optional<String>> one : delta.entrySet()) {
            change = one.getValue().isPresent()
                    ? change.set(one.getKey(), new JsonText(one.getValue().get()))
                    : change.remove(one.getKey());
        }
        boolean there = repository.update(writable(), change);
        if (!there) {
            isGone();
        }
        return there;
    }

    private Map<String, Optional<String>> delta() {
        Map<String, Optional<String>> delta = new HashMap<>();
        for (String name : changed) {
            delta.put(name, value(name).map(this::encoded));
        }
        for (String name : looked()) {
            Optional<String> now = value(name).map(this::encoded);
            if (now.isPresent() && !name.startsWith(CALLBACK) && !now.equals(json(name))) {
                delta.putIfAbsent(name, now);
            }
        }
        return delta;
    }

    /** What may have changed without being set. */
    private List<String> looked() {
        if (repository.saveMode() == SaveMode.ALWAYS) {
            return new ArrayList<>(names());
        }
        return repository.saveMode() == SaveMode.ON_GET_ATTRIBUTE ? new ArrayList<>(seen) : List.of();
    }

    /** Spring Security notes id and cookies in what it keeps here: a token must not get into Redis that way. */
    private String encoded(Object value) {
        String json = repository.types().encode(value);
        for (SessionToken one : tokens) {
            String base64 = Base64.getEncoder().encodeToString(one.text().getBytes(StandardCharsets.US_ASCII));
            json = json.replace(one.text(), one.toString()).replace(base64, one.toString());
        }
        return json;
    }

    private void isGone() {
        gone = true;
        log.debug("session {} is over: nothing is written", read.id());
    }

    private void alone(Runnable work) {
        alone(() -> {
            work.run();
            return true;
        });
    }

    private <T> T alone(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private SessionToken writable() {
        if (token == null) {
            throw new IllegalStateException(
                    "session " + read.id()
                            + " comes from a list of a user's sessions: it can be read, and deleted by its id, but not changed");
        }
        return token;
    }

    @Override
    public String toString() {
        return read.toString();
    }
}

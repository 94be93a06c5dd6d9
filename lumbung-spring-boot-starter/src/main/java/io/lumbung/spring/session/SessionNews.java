package io.lumbung.spring.session;

import io.lumbung.session.ExpiredSession;
import io.lumbung.session.SessionId;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.MapSession;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;
import org.springframework.session.events.SessionExpiredEvent;

/**
 * Spring Session's events, from which it tells each {@code HttpSessionListener}. Their session has the public id, whose it
 * was if that is known, and nothing else. Those of creation and deletion are of this process alone.
 */
final class SessionNews {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.session");

    private final ApplicationEventPublisher publisher;

    SessionNews(ApplicationEventPublisher publisher) {
        this.publisher = publisher;
    }

    /** Tells nobody. */
    static SessionNews untold() {
        return new SessionNews(event -> {});
    }

    void created(SessionId id) {
        tell(new SessionCreatedEvent(this, session(id, Optional.empty())));
    }

    void deleted(SessionId id, Optional<String> user) {
        tell(new SessionDeletedEvent(this, session(id, user)));
    }

    @EventListener
    void expired(ExpiredSession session) {
        MapSession told = session(session.id(), session.user());
        told.setLastAccessedTime(session.at());
        tell(new SessionExpiredEvent(this, told));
    }

    // What it is told of has happened: a listener that fails must not make a login or a logout fail.
    private void tell(AbstractSessionEvent event) {
        try {
            publisher.publishEvent(event);
        } catch (RuntimeException e) {
            log.error(
                    "a listener failed on the {} of session {}",
                    event.getClass().getSimpleName(),
                    event.getSessionId(),
                    e);
        }
    }

    private static MapSession session(SessionId id, Optional<String> user) {
        MapSession session = new MapSession(id.text());
        session.setLastAccessedTime(Instant.now());
        user.ifPresent(name -> session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, name));
        return session;
    }
}

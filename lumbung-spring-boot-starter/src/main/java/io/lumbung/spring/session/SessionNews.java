package io.lumbung.spring.session;

import io.lumbung.session.ExpiredSession;
import io.lumbung.session.SessionId;
import java.time.Instant;
import java.util.Optional;
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

    private void tell(AbstractSessionEvent event) {
        publisher.publishEvent(event);
    }

    private static MapSession session(SessionId id, Optional<String> user) {
        MapSession session = new MapSession(id.text());
        session.setLastAccessedTime(Instant.now());
        user.ifPresent(name -> session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, name));
        return session;
    }
}

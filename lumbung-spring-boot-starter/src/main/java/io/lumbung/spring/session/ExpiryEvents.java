package io.lumbung.spring.session;

import io.lumbung.redis.Subscription;
import io.lumbung.session.ExpiredSession;
import io.lumbung.session.Sessions;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/** Publishes each {@link ExpiredSession} this instance is told of, from when all is up until the application stops. */
final class ExpiryEvents implements SmartLifecycle {
    private final Sessions sessions;
    private final ApplicationEventPublisher publisher;
    private @Nullable Subscription subscription;

    ExpiryEvents(Sessions sessions, ApplicationEventPublisher publisher) {
        this.sessions = sessions;
        this.publisher = publisher;
    }

    @Override
    public synchronized void start() {
        if (subscription == null) {
            subscription = sessions.onExpired(publisher::publishEvent);
        }
    }

    @Override
    public synchronized void stop() {
        if (subscription != null) {
            subscription.close();
            subscription = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return subscription != null;
    }
}

package io.lumbung.service.user;

import io.lumbung.lock.Lease;
import io.lumbung.service.database.Fences;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one door for everything that changes what is shown of a user.
 *
 * <p>The order is always the same: the statements run in one transaction, it commits, the cached copies go, and only
 * then does the caller get the result. If the statements throw, nothing is changed and the exception reaches the caller.
 * A write never fails because of Redis: what Redis did not confirm is repeated until it does.
 */
@Component
public class UserWrites {

    private static final Logger log = LoggerFactory.getLogger(UserWrites.class);

    private final TransactionOperations transaction;
    private final UserCache cache;
    private final Fences fences;

    UserWrites(PlatformTransactionManager transactions, UserCache cache, Fences fences) {
        this.transaction = new TransactionTemplate(transactions);
        this.cache = cache;
        this.fences = fences;
    }

    /** Runs what makes the user {@code id}. */
    public <T> T create(UUID id, Supplier<T> statements) {
        T result = committed(statements, cache::created);
        log.debug("user {} created", id);
        return result;
    }

    /** Runs what changes the user {@code id}, their links or their social profiles. */
    public <T> T change(UUID id, Supplier<T> statements) {
        T result = committed(statements, () -> cache.changed(id));
        log.debug("user {} changed", id);
        return result;
    }

    /**
     * As {@link #change(UUID, Supplier)}, under a lock: the fence of {@code lease} is checked first in the transaction.
     *
     * @throws io.lumbung.error.LeaseLostException if somebody with a newer lease wrote before; nothing is changed
     */
    public <T> T change(UUID id, Lease lease, Supplier<T> statements) {
        return change(id, () -> {
            fences.admit(lease);
            return statements.get();
        });
    }

    /** Runs what removes the user {@code id}. */
    public void remove(UUID id, Runnable statements) {
        committed(
                () -> {
                    statements.run();
                    return id;
                },
                () -> cache.removed(id));
        log.debug("user {} removed", id);
    }

    private <T> T committed(Supplier<T> statements, Runnable invalidation) {
        AtomicBoolean committing = new AtomicBoolean();
        try {
            T result = transaction.execute(status -> {
                T written = Objects.requireNonNull(statements.get(), "a write must say what it left behind");
                committing.set(true);
                return written;
            });
            return Objects.requireNonNull(result);
        } finally {
            // Also after a commit whose answer got lost: it may have happened.
            if (committing.get()) {
                invalidation.run();
            }
        }
    }
}

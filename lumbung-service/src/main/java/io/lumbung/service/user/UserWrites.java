package io.lumbung.service.user;

import java.util.UUID;
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
 * <p>The order is always the same: the statements run in one transaction, it commits, and only then does the caller get
 * the result. If the statements throw, nothing is changed and the exception reaches the caller.
 */
@Component
public class UserWrites {

    private static final Logger log = LoggerFactory.getLogger(UserWrites.class);

    private final TransactionOperations transaction;

    UserWrites(PlatformTransactionManager transactions) {
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Runs what makes the user {@code id}. */
    public <T> T create(UUID id, Supplier<T> statements) {
        T result = committed(statements);
        log.debug("user {} created", id);
        return result;
    }

    /** Runs what changes the user {@code id}, their links or their social profiles. */
    public <T> T change(UUID id, Supplier<T> statements) {
        T result = committed(statements);
        log.debug("user {} changed", id);
        return result;
    }

    /** Runs what removes the user {@code id}. */
    public void remove(UUID id, Runnable statements) {
        transaction.executeWithoutResult(status -> statements.run());
        log.debug("user {} removed", id);
    }

    private <T> T committed(Supplier<T> statements) {
        T result = transaction.execute(status -> statements.get());
        if (result == null) {
            throw new IllegalStateException("a write must say what it left behind");
        }
        return result;
    }
}

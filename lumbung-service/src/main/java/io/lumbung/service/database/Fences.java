package io.lumbung.service.database;

import io.lumbung.error.LeaseLostException;
import io.lumbung.lock.Lease;
import io.lumbung.lock.jdbc.JdbcFence;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** The fences of locks in PostgreSQL: who comes with an older lease than the last one is not let in to write. */
@Component
public class Fences {

    private final JdbcOperations jdbc;
    private final JdbcFence fence = JdbcFence.in("lumbung_fence");

    Fences(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Lets the current transaction go on; call it before anything else in it. Waits for a transaction that was let in before,
     * as long as a statement may take: it may be asleep, and nobody should hang because of it.
     *
     * @throws LeaseLostException if somebody with a newer lease was let in before: the transaction must be rolled back
     * @throws CannotAcquireLockException if a transaction that was let in before does not end
     * @throws IllegalStateException without a transaction
     */
    public void admit(Lease lease) {
        // Through the template: its connection gives every statement the query timeout of all others.
        try {
            jdbc.execute((ConnectionCallback<@Nullable Void>) connection -> {
                fence.admit(connection, lease);
                return null;
            });
        } catch (QueryTimeoutException waited) {
            throw new CannotAcquireLockException(
                    "a transaction under lock " + lease.lock() + " was let in before and does not end", waited);
        }
    }
}

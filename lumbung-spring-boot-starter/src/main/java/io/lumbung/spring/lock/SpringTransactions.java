package io.lumbung.spring.lock;

import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.util.Optional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Spring's transactions. */
final class SpringTransactions implements Transactions {
    @Override
    public Optional<Lease> held(Locks locks, Key name) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            return Optional.empty();
        }
        return TransactionSynchronizationManager.getSynchronizations().stream()
                .filter(Kept.class::isInstance)
                .map(Kept.class::cast)
                .filter(kept ->
                        kept.locks().equals(locks) && kept.lease().lock().equals(name))
                .map(Kept::lease)
                .findFirst();
    }

    @Override
    public void keep(Locks locks, Lease lease) {
        if (TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new Kept(locks, lease.again()));
        }
    }

    /** A lease that ends with the transaction. */
    private record Kept(Locks locks, Lease lease) implements TransactionSynchronization {
        // Somebody else may have worked meanwhile: then roll back.
        @Override
        public void beforeCommit(boolean readOnly) {
            lease.requireHeld();
        }

        @Override
        public void afterCompletion(int status) {
            lease.close();
        }
    }
}

package io.lumbung.spring.lock;

import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.util.Optional;

/** What a lock has to do with the transaction its caller is in. */
interface Transactions {
    /** Without transactions on the class path. */
    Transactions NONE = new Transactions() {
        @Override
        public Optional<Lease> held(Locks locks, Key name) {
            return Optional.empty();
        }

        @Override
        public void keep(Locks locks, Lease lease) {}
    };

    /** The lease under this lock that is kept for the transaction. */
    Optional<Lease> held(Locks locks, Key name);

    /** Keeps the lease until the transaction has ended, if there is one: what was written under it can be seen only then. */
    void keep(Locks locks, Lease lease);
}

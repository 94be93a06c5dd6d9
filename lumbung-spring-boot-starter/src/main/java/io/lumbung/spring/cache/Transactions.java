package io.lumbung.spring.cache;

import io.lumbung.key.Key;

/** The transaction around a call, as far as caches care. */
interface Transactions {
    /** There is never one. */
    Transactions NONE = new Transactions() {
        @Override
        public boolean deferPut(SpringCache cache, Key key, Object value) {
            return false;
        }

        @Override
        public boolean deferEvict(SpringCache cache, Key key) {
            return false;
        }

        @Override
        public boolean deferClear(SpringCache cache) {
            return false;
        }

        @Override
        public boolean hasChanged(SpringCache cache, Key key) {
            return false;
        }

        @Override
        public void loading(SpringCache cache, Key key) {}
    };

    /** Keeps the write until after the commit; {@code false} if there is no transaction, so do it now. */
    boolean deferPut(SpringCache cache, Key key, Object value);

    /** As {@link #deferPut}. */
    boolean deferEvict(SpringCache cache, Key key);

    /** As {@link #deferPut}. */
    boolean deferClear(SpringCache cache);

    /** Whether the transaction has written this key: others may then not see yet what it sees, and the reverse. */
    boolean hasChanged(SpringCache cache, Key key);

    /** The key is about to be loaded inside the transaction; what is read may be undone with it. */
    void loading(SpringCache cache, Key key);
}

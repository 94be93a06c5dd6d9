package io.lumbung.cache;

import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;

/** One entry's place: what the caller calls it, and its key in Redis. */
record Slot(Key key, StoreKey value) {
    /** The key in Redis as text; what flights, waiters and kept invalidations know the entry by. */
    String text() {
        return value.text();
    }

    @Override
    public String toString() {
        return value.text();
    }
}

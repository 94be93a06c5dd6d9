package io.lumbung.redis;

import org.junit.jupiter.api.AfterEach;

/** Tests on a {@link Rig}; each of them leaves the link whole. */
interface OnARig {
    Rig rig();

    @AfterEach
    default void heal() {
        rig().proxy().heal();
    }
}

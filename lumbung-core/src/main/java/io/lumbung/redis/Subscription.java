package io.lumbung.redis;

/** A subscription that ends when it is closed. */
public interface Subscription extends AutoCloseable {
    /** Whether messages arrive right now, as far as this process knows. */
    boolean isUp();

    /** Ends the subscription; idempotent. */
    @Override
    void close();
}

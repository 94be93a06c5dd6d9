package io.lumbung.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * One way to read a cached text, open and connected.
 *
 * <p>Any number of threads read at once. A contender keeps nothing of what it read: every read asks its server.
 */
interface Contender extends AutoCloseable {

    /** Stores {@code value} for at least an hour. Called before the clock runs. */
    void warm(String key, String value) throws Exception;

    /** Reads the text, or {@code null} if it is not there. */
    @Nullable
    String read(String key) throws Exception;

    @Override
    void close() throws Exception;
}

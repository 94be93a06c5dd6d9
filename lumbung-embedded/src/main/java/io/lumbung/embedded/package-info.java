/**
 * Real Redis servers as child processes, for development and tests.
 *
 * <p>Read {@link io.lumbung.embedded.RedisServer} first. Every process started here listens on 127.0.0.1 only, keeps its
 * files in its own folder under {@code java.io.tmpdir}, and ends with this JVM however this JVM ends, {@code kill -9}
 * included; the folder goes with it.
 */
@NullMarked
package io.lumbung.embedded;

import org.jspecify.annotations.NullMarked;

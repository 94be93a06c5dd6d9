/**
 * Breaks the link to a server, or a whole JVM, on command and always at the same point.
 *
 * <p>Read {@link io.lumbung.embedded.fault.FaultProxy} first.
 */
@NullMarked
package io.lumbung.embedded.fault;

import org.jspecify.annotations.NullMarked;

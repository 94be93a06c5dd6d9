/**
 * Handles that somebody wants for themselves: the lock they are claimed under, and what is told who comes second. Read {@link
 * io.lumbung.service.handle.HandleClaims} first.
 */
@NullMarked
package io.lumbung.service.handle;

import org.jspecify.annotations.NullMarked;

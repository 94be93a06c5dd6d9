/** Locks with a fence on every lease, and holders who know when they lost it; start with {@link io.lumbung.lock.Locks}. */
@NullMarked
package io.lumbung.lock;

import org.jspecify.annotations.NullMarked;

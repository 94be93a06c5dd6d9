/** Lumbung: one set of primitives on one Redis or Valkey. Start with {@link io.lumbung.Lumbung}. */
@NullMarked
package io.lumbung;

import org.jspecify.annotations.NullMarked;

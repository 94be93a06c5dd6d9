/** Lumbung: one set of primitives on one Redis or Valkey. */
@NullMarked
package io.lumbung;

import org.jspecify.annotations.NullMarked;

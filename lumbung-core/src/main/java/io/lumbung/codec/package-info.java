/** Turns values into bytes and back by their declared type; start with {@link io.lumbung.codec.Codec}. */
@NullMarked
package io.lumbung.codec;

import org.jspecify.annotations.NullMarked;

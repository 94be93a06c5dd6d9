/** What Lumbung tells whoever wants to measure it; start with {@link io.lumbung.observe.Observer}. */
@NullMarked
package io.lumbung.observe;

import org.jspecify.annotations.NullMarked;

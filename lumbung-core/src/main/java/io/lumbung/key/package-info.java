/** Every key name Lumbung writes is built here; start with {@link io.lumbung.key.Key}. */
@NullMarked
package io.lumbung.key;

import org.jspecify.annotations.NullMarked;

/** What can go wrong, and whether it may have happened anyway; start with {@link io.lumbung.error.StoreException}. */
@NullMarked
package io.lumbung.error;

import org.jspecify.annotations.NullMarked;

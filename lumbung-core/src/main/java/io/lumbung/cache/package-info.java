/** The cache that cannot be poisoned by its own races; start with {@link io.lumbung.cache.Cache}. */
@NullMarked
package io.lumbung.cache;

import org.jspecify.annotations.NullMarked;

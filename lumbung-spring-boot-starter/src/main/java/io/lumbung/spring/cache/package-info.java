/**
 * Spring's cache abstraction on Lumbung. Read {@link io.lumbung.spring.cache.LumbungCacheAutoConfiguration} first.
 */
@NullMarked
package io.lumbung.spring.cache;

import org.jspecify.annotations.NullMarked;

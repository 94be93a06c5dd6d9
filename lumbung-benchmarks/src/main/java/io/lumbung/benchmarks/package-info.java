/**
 * Lumbung and its peers side by side on one server: read {@link io.lumbung.benchmarks.Benchmarks} first, then
 * {@link io.lumbung.benchmarks.Contender} and {@link io.lumbung.benchmarks.Entrants} to add one.
 */
@NullMarked
package io.lumbung.benchmarks;

import org.jspecify.annotations.NullMarked;

/** Fences checked by a database; start with {@link io.lumbung.lock.jdbc.JdbcFence}. */
@NullMarked
package io.lumbung.lock.jdbc;

import org.jspecify.annotations.NullMarked;

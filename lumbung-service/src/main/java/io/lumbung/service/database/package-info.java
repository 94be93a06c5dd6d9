/** The service's PostgreSQL: yours when a URL is set, else an embedded one. Read {@link io.lumbung.service.database.DatabaseConfiguration} first. */
@NullMarked
package io.lumbung.service.database;

import org.jspecify.annotations.NullMarked;

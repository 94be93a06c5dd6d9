/** Settings from {@code ./.env} and from {@code DATABASE_URL}. Read {@link io.lumbung.service.environment.DotEnvPostProcessor} first. */
@NullMarked
package io.lumbung.service.environment;

import org.jspecify.annotations.NullMarked;

/**
 * What an application tells Lumbung about its servers and defaults, from code, properties or the environment. Read
 * {@link io.lumbung.config.LumbungConfig} first.
 */
@NullMarked
package io.lumbung.config;

import org.jspecify.annotations.NullMarked;

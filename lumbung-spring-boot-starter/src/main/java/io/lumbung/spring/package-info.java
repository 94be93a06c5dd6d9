/**
 * Lumbung as a Spring Boot starter: properties, beans, health and meters. Read
 * {@link io.lumbung.spring.LumbungAutoConfiguration} first.
 */
@NullMarked
package io.lumbung.spring;

import org.jspecify.annotations.NullMarked;

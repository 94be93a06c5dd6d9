/**
 * Sessions of web applications: behind {@code HttpSession} by Spring Session, or in a plain cookie. Read
 * {@link io.lumbung.spring.session.LumbungSessionAutoConfiguration} first.
 */
@NullMarked
package io.lumbung.spring.session;

import org.jspecify.annotations.NullMarked;

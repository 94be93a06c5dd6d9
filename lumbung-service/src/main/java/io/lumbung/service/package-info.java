/** The reference service. Read {@link io.lumbung.service.LumbungService} first, then {@code user}. */
@NullMarked
package io.lumbung.service;

import org.jspecify.annotations.NullMarked;

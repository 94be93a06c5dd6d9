/** What every endpoint shares: problem answers, body limits, strict input. Read {@link io.lumbung.service.web.Problem} first. */
@NullMarked
package io.lumbung.service.web;

import org.jspecify.annotations.NullMarked;

package io.lumbung.spring.session;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.session.FlushMode;
import org.springframework.session.SaveMode;

/**
 * How Spring Session writes.
 *
 * @param saveMode Which attributes are written: those that were set, also those that were read and have changed since, or
 *     all that have changed.
 * @param flushMode When they are: at the end of the request, or at once.
 */
@ConfigurationProperties("lumbung.session.spring")
record SpringSessionProperties(
        @DefaultValue("on-set-attribute") SaveMode saveMode,
        @DefaultValue("on-save") FlushMode flushMode) {}

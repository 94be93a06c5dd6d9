package io.lumbung.service.web;

import java.beans.PropertyEditorSupport;
import java.util.UUID;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/** Strict reading of what callers send. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {

    /** A typing error in a property name is told, not ignored; a number is not a text; a name stands once. */
    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return builder -> builder.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    }

    /** Requests too broken to reach a servlet are answered in the same form as all others. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsFromTomcat() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemValve.class.getName());
            }
        });
    }

    /**
     * The JDK reads {@code 1-1-1-1-1} as a UUID; an address should have one spelling only. A property editor, because a
     * converter that refuses is followed by Spring's own, lenient editor.
     */
    @ControllerAdvice
    static final class OneSpelling {

        @InitBinder
        void strictUuid(WebDataBinder binder) {
            binder.registerCustomEditor(UUID.class, new StrictUuid());
        }
    }

    static final class StrictUuid extends PropertyEditorSupport {

        private static final int LENGTH = 36;

        @Override
        public void setAsText(String text) {
            if (text.length() != LENGTH) {
                throw new IllegalArgumentException("a UUID has " + LENGTH + " characters");
            }
            setValue(UUID.fromString(text));
        }
    }
}

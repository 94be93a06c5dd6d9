package io.lumbung.service.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Needs a Chromium: skipped, and visibly so, where there is none; where {@code CI} is {@code true} that is a failure. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresBrowser.Condition.class)
@interface RequiresBrowser {

    /** Looks for the program and for who is asking. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return decide(Browser.program().isPresent(), "true".equals(System.getenv("CI")));
        }

        static ConditionEvaluationResult decide(boolean found, boolean buildMachine) {
            if (found) {
                return ConditionEvaluationResult.enabled("there is a Chromium");
            }
            String missing = "no Chromium: install the package chromium, or set LUMBUNG_CHROMIUM to the program";
            return buildMachine
                    ? ConditionEvaluationResult.enabled(missing + "; a build machine needs one")
                    : ConditionEvaluationResult.disabled(missing);
        }
    }
}

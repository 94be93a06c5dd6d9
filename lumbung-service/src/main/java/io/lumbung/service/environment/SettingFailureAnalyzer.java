package io.lumbung.service.environment;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a wrong setting as a description and a fix instead of a stack trace. */
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<SettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingException wrong) {
        return new FailureAnalysis(String.valueOf(wrong.getMessage()), wrong.fix(), wrong);
    }
}

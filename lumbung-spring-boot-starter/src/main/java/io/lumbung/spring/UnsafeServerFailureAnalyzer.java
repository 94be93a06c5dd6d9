package io.lumbung.spring;

import io.lumbung.doctor.UnsafeServerException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to change about a server that was refused. */
final class UnsafeServerFailureAnalyzer extends AbstractFailureAnalyzer<UnsafeServerException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnsafeServerException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                String.join(". ", cause.fixes())
                        + ". To start all the same and be warned, set lumbung.state.on-eviction=warn.",
                cause);
    }
}

package io.lumbung.spring;

import io.lumbung.error.StoreUnavailableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says, when an application ends because it did not reach Redis, what to set. */
final class ConnectionFailureAnalyzer extends AbstractFailureAnalyzer<StoreUnavailableException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StoreUnavailableException cause) {
        return new FailureAnalysis(
                "Lumbung could not reach Redis. " + cause.getMessage(),
                "Start Redis there, or set REDIS_URL (redis://user:password@host:6379/0), or REDIS_HOST and REDIS_PORT,"
                        + " to where it is. For development without a Redis of your own, put lumbung-embedded on the"
                        + " class path and set neither. To start without Redis and connect later, set"
                        + " lumbung.redis.required-at-start=false.",
                cause);
    }
}

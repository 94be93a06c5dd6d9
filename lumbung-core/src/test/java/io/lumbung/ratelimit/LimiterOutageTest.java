package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.lumbung.HeardLog;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimiterOutageTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final LimiterOutage outage = new LimiterOutage(nanos::get);
    private final HeardLog log = HeardLog.of("io.lumbung.ratelimit");

    @AfterEach
    void stop() {
        log.close();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void saysOnceThatItBeganAndOnceThatItIsOver() {
        outage.answered();
        for (int i = 0; i < 10; i++) {
            outage.failed(ScriptedRedis.gone());
            pass(Duration.ofSeconds(1));
        }
        pass(LimiterOutage.QUIET);
        outage.answered();
        outage.answered();
        assertThat(log.said(Level.ERROR)).singleElement().asString().contains("without Redis", "not there");
        assertThat(log.said(Level.INFO)).containsExactly("rate limits are decided by Redis again");
        outage.failed(ScriptedRedis.gone());
        assertThat(log.said(Level.ERROR)).hasSize(2);
    }

    @Test
    void otherAnswersInBetweenDoNotEndIt() {
        for (int i = 0; i < 1_000; i++) {
            outage.failed(ScriptedRedis.gone());
            outage.answered();
            pass(Duration.ofMillis(100));
        }
        assertThat(log.said(Level.ERROR)).hasSize(1);
        assertThat(log.said(Level.INFO)).isEmpty();
        pass(LimiterOutage.QUIET.minusMillis(101));
        outage.answered();
        assertThat(log.said(Level.INFO)).isEmpty();
        pass(Duration.ofMillis(1));
        outage.answered();
        assertThat(log.said(Level.INFO)).hasSize(1);
    }

    @Test
    void aCallerWhoWasInterruptedSaysNothingAboutRedis() {
        Thread.currentThread().interrupt();
        try {
            outage.failed(ScriptedRedis.gone());
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(log.said(Level.ERROR)).isEmpty();
    }
}

package io.lumbung.ratelimit;

import io.lumbung.redis.Kernel;
import io.lumbung.redis.ServerTime;
import java.time.Duration;

/** What the limiters of one process share. */
record LimiterWorkshop(
        Kernel kernel, DenyCache denied, Instances instances, ServerTime time, LimiterOutage outage, Pause pause)
        implements AutoCloseable {

    static LimiterWorkshop of(Kernel kernel) {
        return of(kernel, Pause.REAL);
    }

    static LimiterWorkshop of(Kernel kernel, Pause pause) {
        return new LimiterWorkshop(
                kernel,
                new DenyCache(kernel.state(), kernel.keys().rateLimitChannel(), kernel.worker(), System::nanoTime),
                new Instances(kernel, Duration.ofSeconds(5)),
                new ServerTime(System::nanoTime),
                new LimiterOutage(System::nanoTime),
                pause);
    }

    @Override
    public void close() {
        denied.close();
        instances.close();
    }
}

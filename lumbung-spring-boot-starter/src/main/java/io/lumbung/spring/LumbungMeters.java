package io.lumbung.spring;

import io.lumbung.Lumbung;
import io.lumbung.redis.Redis;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** Meters that are read from Lumbung instead of being told: how each plane does, and what is still owed to the cache. */
final class LumbungMeters implements MeterBinder {
    private final Lumbung lumbung;

    LumbungMeters(Lumbung lumbung) {
        this.lumbung = lumbung;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Redis cache = lumbung.kernel().cache();
        Redis state = lumbung.kernel().state();
        available(registry, "cache", cache::available);
        available(registry, "state", state::available);
        unconfirmed(registry, lumbung.caches()::unconfirmedInvalidations);
    }

    static void available(MeterRegistry registry, String plane, BooleanSupplier available) {
        Gauge.builder("lumbung.redis.available", () -> available.getAsBoolean() ? 1 : 0)
                .description("Whether calls can be sent, as far as this process knows: 1 yes, 0 no")
                .tag("plane", plane)
                .register(registry);
    }

    static void unconfirmed(MeterRegistry registry, IntSupplier count) {
        Gauge.builder("lumbung.cache.unconfirmed", count::getAsInt)
                .description("Invalidations that Redis has not confirmed yet; they are repeated until it does")
                .register(registry);
    }
}

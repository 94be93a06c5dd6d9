package io.lumbung.spring.howto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.spring.howto.LockSnippets.Digest;
import io.lumbung.spring.howto.LockSnippets.Legacy;
import io.lumbung.spring.howto.LockSnippets.OrderTable;
import io.lumbung.spring.howto.LockSnippets.Orders;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** What {@code docs/how-to/locks.md} says of Spring, done. */
class LockHowToIT {
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    @Test
    void thePageHolds() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(
                        Shop.class, OrderTable.class, Orders.class, Digest.class, Legacy.class)
                .run(
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--lumbung.lock.deadline=3s",
                        "--lumbung.lock.max-wait=0s")) {
            OrderTable table = context.getBean(OrderTable.class);
            Orders orders = context.getBean(Orders.class);
            Locks locks = context.getBean(Locks.class);

            orders.ship("42");
            long first = table.shipped.get("42");
            orders.ship("42");
            assertThat(table.shipped.get("42")).isGreaterThan(first);
            try (Lease lease = locks.lock(Key.of("order", "42"))
                    .tryAcquire(Duration.ofMinutes(1))
                    .orElseThrow()) {
                assertThat(lease.isHeld()).isTrue();
                assertThatThrownBy(() -> orders.ship("42")).isInstanceOf(LockNotAcquiredException.class);
            }

            context.getBean(Digest.class).send();
            context.getBean(Digest.class).send();
            assertThat(table.digests).hasValue(1);

            AtomicBoolean held = new AtomicBoolean();
            context.getBean(Legacy.class)
                    .inTurn(
                            "orders.csv",
                            () -> held.set(
                                    CompletableFuture.supplyAsync(() -> locks.state(Key.of("integration", "orders.csv"))
                                                    .held())
                                            .orTimeout(60, TimeUnit.SECONDS)
                                            .join()));
            assertThat(held).isTrue();
            assertThat(locks.state(Key.of("integration", "orders.csv")).held()).isFalse();
        }
    }
}

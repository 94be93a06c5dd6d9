package io.lumbung.redis;

import static io.lumbung.redis.OutcomeContract.eventually;
import static io.lumbung.redis.Rig.patient;
import static io.lumbung.redis.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.fault.Cut;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel offers to features besides single calls, whatever the topology. */
@Timeout(60)
interface KernelContract extends OnARig {
    @Test
    default void batchesGoToAllNodesAndAreWaitedForOnce() {
        try (Gateway redis = rig().connect(List.of())) {
            List<StoreKey> keys = new ArrayList<>();
            List<Pending<String>> sent = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                keys.add(Rig.freshKey());
                sent.add(redis.send(Command.on("t", "SET", keys.get(i), Reply::text, "v" + i), patient()));
            }
            sent.forEach(Pending::await);
            for (int i = 0; i < 300; i++) {
                assertThat(redis.call(Rig.get(keys.get(i)), patient()).text()).isEqualTo("v" + i);
            }
        }
    }

    @Test
    default void aScanFindsEveryKeyOnEveryMasterAndOnlyThose() {
        try (Gateway redis = rig().connect(List.of())) {
            String prefix = Rig.KEYS.cachePrefix("scan");
            Set<String> expected = new HashSet<>();
            List<Pending<String>> sent = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                StoreKey key = Rig.KEYS.cacheValue(prefix, Key.of("k" + i));
                expected.add(key.text());
                sent.add(redis.send(Command.on("t", "SET", key, Reply::text, "v"), patient()));
                sent.add(redis.send(Command.on("t", "SET", Rig.freshKey(), Reply::text, "v"), patient()));
            }
            sent.forEach(Pending::await);
            Set<String> found = new HashSet<>();
            redis.scan("*app:scan:*", Duration.ofSeconds(5), found::addAll);
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    default void oneOwnerAtATimeHoldsAClaim() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            Claim claim =
                    Claim.tryTake(redis, key, Duration.ofSeconds(30), patient()).orElseThrow();
            assertThat(Claim.tryTake(redis, key, Duration.ofSeconds(30), patient()))
                    .isEmpty();
            assertThat(claim.renew(Duration.ofSeconds(60), patient())).isTrue();
            assertThat((Long) rig().direct("PTTL", key.text())).isBetween(30_001L, 60_000L);
            assertThat(claim.release(patient())).isTrue();
            assertThat(claim.release(patient())).as("released twice").isFalse();
            assertThat(claim.renew(Duration.ofSeconds(60), patient())).isFalse();
            Optional<Claim> next = Claim.tryTake(redis, key, Duration.ofMillis(20), patient());
            assertThat(next).isPresent();
            await().until(() ->
                    Claim.tryTake(redis, key, Duration.ofSeconds(1), patient()).isPresent());
            assertThat(next.orElseThrow().release(patient()))
                    .as("a claim that ran out belongs to the next owner")
                    .isFalse();
            assertThatThrownBy(() -> Claim.tryTake(redis, key, Duration.ZERO, patient()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void aClaimWhoseReplyWasCutIsOursAndNotSomebodyElses() {
        try (Gateway redis = rig().connect(List.of())) {
            StoreKey key = rig().key();
            Claim.tryTake(redis, rig().key(), Duration.ofSeconds(1), patient());
            rig().proxy().cutAfterExecution("EVALSHA", 1, Cut.FIN);
            Optional<Claim> claim = Claim.tryTake(redis, key, Duration.ofSeconds(30), patient());
            assertThat(claim).isPresent();
            assertThat(claim.orElseThrow().release(patient())).isTrue();
        }
    }

    @Test
    default void aSubscriberHearsEveryMessageAndIsToldWhenItMayHaveMissedSome() {
        try (Gateway redis = rig().connect(List.of())) {
            List<String> heard = new CopyOnWriteArrayList<>();
            AtomicInteger downs = new AtomicInteger();
            AtomicInteger ups = new AtomicInteger();
            ChannelListener listener = new ChannelListener() {
                @Override
                public void message(byte[] message) {
                    heard.add(new String(message, StandardCharsets.UTF_8));
                }

                @Override
                public void linkDown() {
                    downs.incrementAndGet();
                }

                @Override
                public void linkUp() {
                    ups.incrementAndGet();
                }
            };
            try (Subscription subscription = redis.subscribe("app:test", listener, patient())) {
                assertThat(subscription.isUp()).isTrue();
                assertThat(ups).hasValue(1);
                redis.publish("app:test", "one".getBytes(StandardCharsets.UTF_8), patient());
                await().untilAsserted(() -> assertThat(heard).containsExactly("one"));

                rig().cutSubscribers();
                await().untilAsserted(() -> assertThat(ups).hasValueGreaterThan(1));
                assertThat(downs).hasValueGreaterThanOrEqualTo(1);
                eventually(() -> redis.publish("app:test", "two".getBytes(StandardCharsets.UTF_8), soon()));
                await().untilAsserted(() -> assertThat(heard).contains("two"));
            }
            await().ignoreExceptionsInstanceOf(StoreException.class)
                    .until(() -> redis.publish("app:test", new byte[] {1}, soon()) == 0);
        }
    }

    @Test
    default void aListenerThatThrowsStopsNobody() {
        try (Gateway redis = rig().connect(List.of())) {
            AtomicInteger heard = new AtomicInteger();
            redis.subscribe(
                    "app:throws",
                    message -> {
                        throw new IllegalStateException("seeded");
                    },
                    patient());
            redis.subscribe("app:throws", message -> heard.incrementAndGet(), patient());
            redis.publish("app:throws", new byte[] {1}, patient());
            redis.publish("app:throws", new byte[] {2}, patient());
            await().untilAsserted(() -> assertThat(heard).hasValue(2));
        }
    }

    @Test
    default void tellsWhenALostLinkIsGoodAgain() {
        try (Gateway redis = rig().connect(List.of())) {
            AtomicInteger recoveries = new AtomicInteger();
            redis.onRecovery(recoveries::incrementAndGet);
            assertThat(redis.available()).isTrue();
            rig().proxy().cutAll(Cut.RST);
            await().untilAsserted(() -> assertThat(recoveries).hasValueGreaterThan(0));
            await().until(redis::available);
        }
    }

    @Test
    default void afterCloseNothingReachesTheServer() {
        Gateway redis = rig().connect(List.of());
        redis.close();
        redis.close();
        rig().proxy().forgetCommands();
        assertThatThrownBy(() -> redis.call(Rig.incr(rig().key()), patient()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Redis not connected");
        assertThatThrownBy(() -> redis.subscribe("x", message -> {}, patient())).hasMessage("Redis not connected");
        assertThat(rig().proxy().count("INCR")).isZero();
    }
}

package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.lumbung.cache.Flights.Flight;
import io.lumbung.cache.Flights.Landing;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Parking;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlightsTest {
    private final Flights flights = new Flights(Parking.REAL);
    private final ExecutorService other = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        other.shutdownNow();
    }

    private <T> T elsewhere(Callable<T> task) throws Exception {
        return other.submit(task).get();
    }

    @Test
    void theSecondJoinsTheFirst() throws Exception {
        Flight flight = flights.join("1");
        assertThat(flight.isLedByThisThread()).isTrue();
        assertThat(elsewhere(() -> flights.join("1"))).isSameAs(flight);
        assertThat(elsewhere(() -> flights.join("2"))).isNotSameAs(flight);
        flight.land(new Landing.Again());
        assertThat(elsewhere(() -> flight.await(Deadline.in(Duration.ZERO)))).isEqualTo(new Landing.Again());
        assertThat(elsewhere(() -> flights.join("1"))).isNotSameAs(flight);
    }

    @Test
    void nobodyJoinsASealedOrCutFlight() throws Exception {
        Flight sealed = flights.join("1");
        assertThat(elsewhere(() -> flights.join("1"))).isSameAs(sealed);
        assertThat(sealed.seal()).as("somebody had joined").isTrue();
        Flight next = elsewhere(() -> flights.join("1"));
        assertThat(next).isNotSameAs(sealed);
        flights.cut("1");
        Flight last = flights.join("1");
        assertThat(last).isNotSameAs(next);
        assertThat(last.seal()).as("nobody had joined").isFalse();
        sealed.land(new Landing.Again());
        flights.cutAll();
    }

    @Test
    void knowsWhatBeganAfterAMoment() {
        Flight before = flights.join("1");
        long moment = flights.now();
        Flight after = flights.join("2");
        assertThat(before.beganAfter(moment)).isFalse();
        assertThat(after.beganAfter(moment)).isTrue();
    }

    @Test
    void theFirstLandingCounts() throws Exception {
        Flight flight = flights.join("1");
        RuntimeException failure = new RuntimeException("x");
        flight.land(new Landing.Failed(failure));
        flight.land(new Landing.Again());
        assertThat(flight.await(Deadline.in(Duration.ZERO))).isEqualTo(new Landing.Failed(failure));
        assertThat(flights.join("2").await(Deadline.in(Duration.ZERO))).isEqualTo(new Landing.Late());
    }

    @Test
    void whoLeadsCannotJoinItself() {
        flights.join("app:user:1");
        assertThatIllegalStateException()
                .isThrownBy(() -> flights.join("app:user:1"))
                .withMessageContaining("app:user:1");
        Flight replaced = flights.lead("app:user:2");
        assertThat(flights.lead("app:user:2")).isNotSameAs(replaced);
    }
}

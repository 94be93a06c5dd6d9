package io.lumbung.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.redis.Deadline;
import io.lumbung.redis.WaitRoom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WaitRoomTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final FakeRedis redis = new FakeRedis();
    private final List<Long> waits = new ArrayList<>();
    private final List<Boolean> woken = new ArrayList<>();
    private final WaitRoom room = new WaitRoom(redis, "app:wake", (latch, nanos) -> {
        waits.add(Duration.ofNanos(nanos).toMillis());
        woken.add(latch.getCount() == 0);
        return latch.getCount() == 0;
    });

    @Test
    void subscribesOnce() {
        room.open(LONG);
        room.open(LONG);
        assertThat(redis.subscriptions).hasValue(1);
        room.close();
        assertThat(redis.listener).isNull();
    }

    @Test
    void subscribesLaterIfItCouldNot() {
        redis.down = true;
        room.open(LONG);
        redis.down = false;
        room.open(LONG);
        room.open(LONG);
        assertThat(redis.subscriptions).hasValue(2);
    }

    @Test
    void hearsWhatIsSaidFromTheMomentTheSeatIsTaken() throws Exception {
        room.open(LONG);
        listener().linkUp();
        try (WaitRoom.Seat seat = room.take("app:user:1");
                WaitRoom.Seat second = room.take("app:user:1");
                WaitRoom.Seat other = room.take("app:user:2")) {
            listener().message("app:user:1".getBytes(UTF_8));
            seat.await(3000, Deadline.in(LONG));
            second.await(3000, Deadline.in(LONG));
            other.await(3000, Deadline.in(LONG));
        }
        assertThat(woken).containsExactly(true, true, false);
        listener().message("app:user:1".getBytes(UTF_8));
        try (WaitRoom.Seat late = room.take("app:user:1")) {
            late.await(3000, Deadline.in(LONG));
        }
        assertThat(woken).last().isEqualTo(false);
    }

    @Test
    void neverWaitsLongerThanTheLeaseAndASecondWhenItHearsNothing() throws Exception {
        room.open(LONG);
        try (WaitRoom.Seat seat = room.take("app:user:1")) {
            seat.await(3000, Deadline.in(LONG));
            seat.await(200, Deadline.in(LONG));
            listener().linkUp();
            seat.await(3000, Deadline.in(LONG));
            seat.await(-1, Deadline.in(LONG));
            seat.await(3000, Deadline.in(Duration.ZERO));
        }
        assertThat(waits).containsExactly(1000L, 220L, 3020L, 1000L, 0L);
    }

    @Test
    void wakesEverybodyWhenTheLinkComesAndGoes() throws Exception {
        room.open(LONG);
        try (WaitRoom.Seat seat = room.take("app:user:1")) {
            listener().linkUp();
            seat.await(3000, Deadline.in(LONG));
        }
        try (WaitRoom.Seat seat = room.take("app:user:1")) {
            listener().linkDown();
            seat.await(3000, Deadline.in(LONG));
        }
        assertThat(woken).containsExactly(true, true);
    }

    private io.lumbung.redis.ChannelListener listener() {
        return Objects.requireNonNull(redis.listener);
    }
}

package io.lumbung.service.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.service.TwoInstances;
import io.lumbung.service.TwoInstances.Instance;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The digest as it runs by itself, with a period of a second. */
class DigestScheduleIT {

    private static final Duration LONG = Duration.ofMinutes(1);

    private record Written(Instant start, Instant end, String by) {}

    @Test
    void periodsFollowEachOtherAndWhenTheInstanceThatWritesThemStopsTheOtherGoesOn() {
        try (TwoInstances service = new TwoInstances("lumbung.service.digest.every=1s")) {
            await().atMost(LONG).until(() -> digests(service.one().jdbc()).size() >= 3);
            String writer = digests(service.one().jdbc()).get(2).by();
            boolean byOne = writer.equals(name(service.one()));
            Instance stopped = byOne ? service.one() : service.other();
            Instance left = byOne ? service.other() : service.one();
            stopped.close();

            int until = digests(left.jdbc()).size();
            await().atMost(LONG).until(() -> digests(left.jdbc()).size() >= until + 2);
            List<Written> all = digests(left.jdbc());
            assertThat(all).element(2).extracting(Written::by).isEqualTo(writer);
            assertThat(all.subList(until, until + 2)).extracting(Written::by).containsOnly(name(left));
            for (int i = 1; i < all.size(); i++) {
                assertThat(all.get(i).start()).isAfterOrEqualTo(all.get(i - 1).end());
                assertThat(all.get(i).end()).isEqualTo(all.get(i).start().plusSeconds(1));
            }
        }
    }

    private static String name(Instance instance) {
        return instance.bean(WriteDigests.class).instance();
    }

    private static List<Written> digests(JdbcClient jdbc) {
        return jdbc.sql("select period_start, period_end, written_by from digests order by period_start")
                .query((row, number) -> new Written(
                        row.getObject("period_start", OffsetDateTime.class).toInstant(),
                        row.getObject("period_end", OffsetDateTime.class).toInstant(),
                        row.getString("written_by")))
                .list();
    }
}

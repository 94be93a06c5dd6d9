package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One tag on very many entries: invalidated at once, beside what a walk needs. */
class TagScaleIT {
    private static final int ENTRIES = "full".equals(System.getProperty("lumbung.campaign")) ? 1_000_000 : 20_000;
    private static final int BATCH = 5_000;

    @Test
    void invalidatesEveryEntryAtOnce() {
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start();
                CacheBench bench = CacheBench.at(server.url())) {
            Cache<Integer> tagged =
                    bench.caches.cache("tagged", Integer.class).tags("all").build();
            Cache<Integer> walked = bench.caches.cache("walked", Integer.class).build();
            fill(tagged);
            fill(walked);
            assertThat(found(tagged)).isEqualTo(ENTRIES);

            long began = System.nanoTime();
            tagged.invalidateTag("all");
            long tagMicros = (System.nanoTime() - began) / 1000;
            assertThat(found(tagged)).as("served after invalidateTag returned").isZero();

            began = System.nanoTime();
            long dropped = walked.deletePrefix("e");
            long walkMicros = (System.nanoTime() - began) / 1000;
            assertThat(dropped).isEqualTo(ENTRIES);
            System.out.printf(
                    "%d entries: invalidateTag %.2f ms, 0 served after it; SCAN and delete %.0f ms; %.0f times%n",
                    ENTRIES, tagMicros / 1000.0, walkMicros / 1000.0, (double) walkMicros / tagMicros);
        }
    }

    private static void fill(Cache<Integer> cache) {
        for (int from = 0; from < ENTRIES; from += BATCH) {
            Map<Key, Integer> some = new LinkedHashMap<>();
            IntStream.range(from, Math.min(ENTRIES, from + BATCH)).forEach(i -> some.put(Key.of("e" + i), i));
            cache.putAll(some, Duration.ofHours(1));
        }
    }

    private static int found(Cache<Integer> cache) {
        int found = 0;
        for (int from = 0; from < ENTRIES; from += BATCH) {
            List<Key> some = IntStream.range(from, Math.min(ENTRIES, from + BATCH))
                    .mapToObj(i -> Key.of("e" + i))
                    .toList();
            found += cache.getAll(some).size();
        }
        return found;
    }
}

package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.BreakerState;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.observe.Observation.CallResult;
import io.lumbung.observe.Observation.LockAnswer;
import io.lumbung.observe.Observation.LockEnd;
import io.lumbung.observe.Observation.LockKind;
import io.lumbung.observe.Observation.RateLimitResult;
import io.lumbung.observe.Observation.RateLimitSource;
import io.lumbung.observe.Observation.SessionEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");

    @Test
    void thePageListsExactlyTheMetersThereAre() throws IOException {
        assertThat(rows("| `lumbung."))
                .map(row -> cells(row).subList(0, 3))
                .containsExactlyInAnyOrderElementsOf(meters());
    }

    @Test
    void thePageListsExactlyTheEventsOfACacheAndThenThoseOfASession() throws IOException {
        assertThat(rows("| `event="))
                .map(row -> cells(row).get(0))
                .containsExactlyElementsOf(
                        Stream.concat(Arrays.stream(CacheEvent.values()), Arrays.stream(SessionEvent.values()))
                                .map(event -> "`event=" + lower(event) + "`")
                                .toList());
    }

    @Test
    void thePageListsExactlyTheResultsOfACallAndThenThoseOfADecision() throws IOException {
        assertThat(rows("| `result="))
                .map(row -> cells(row).get(0))
                .containsExactlyElementsOf(
                        Stream.concat(Arrays.stream(CallResult.values()), Arrays.stream(RateLimitResult.values()))
                                .map(result -> "`result=" + lower(result) + "`")
                                .toList());
    }

    @Test
    void thePageListsExactlyTheSourcesOfADecision() throws IOException {
        assertThat(rows("| `source="))
                .map(row -> cells(row).get(0))
                .containsExactlyElementsOf(Arrays.stream(RateLimitSource.values())
                        .map(source -> "`source=" + lower(source) + "`")
                        .toList());
    }

    @Test
    void thePageListsExactlyTheKindsAnswersAndEndsOfLocks() throws IOException {
        assertThat(rows("| `answer="))
                .map(row -> cells(row).get(0))
                .containsExactlyElementsOf(Arrays.stream(LockAnswer.values())
                        .map(answer -> "`answer=" + lower(answer) + "`")
                        .toList());
        assertThat(rows("| `end="))
                .map(row -> cells(row).get(0))
                .containsExactlyElementsOf(Arrays.stream(LockEnd.values())
                        .map(end -> "`end=" + lower(end) + "`")
                        .toList());
        assertThat(rows("Of a lock (").toString())
                .contains(Arrays.stream(LockKind.values())
                        .map(kind -> "`kind=" + lower(kind) + "`")
                        .toList());
    }

    /** Name, kind and tags of every meter that the observer and the binder make. */
    private static List<List<String>> meters() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MicrometerObserver observer = new MicrometerObserver(registry);
        observer.observe(new Observation.Call("cache.get", CallResult.OK, Duration.ofMillis(1)));
        observer.observe(new Observation.Cache("users", CacheEvent.HIT));
        observer.observe(new Observation.BreakerChange("localhost:6379", BreakerState.OPEN));
        observer.observe(
                new Observation.RateLimit("api", RateLimitResult.ALLOWED, RateLimitSource.REDIS, Duration.ofMillis(1)));
        observer.observe(new Observation.Session(SessionEvent.CREATED));
        observer.observe(new Observation.LockAsked(LockKind.LOCK, LockAnswer.ACQUIRED, Duration.ofMillis(1)));
        observer.observe(new Observation.LockEnded(LockKind.LOCK, LockEnd.RELEASED, Duration.ofMillis(1)));
        assertThat(Observation.class.getPermittedSubclasses())
                .as("a new observation needs a meter here and a row on the page")
                .hasSize(7);
        LumbungMeters.available(registry, "cache", () -> true);
        LumbungMeters.unconfirmed(registry, () -> 0);
        return registry.getMeters().stream()
                .map(meter -> List.of("`" + meter.getId().getName() + "`", kind(meter), tags(meter)))
                .toList();
    }

    private static String kind(Meter meter) {
        return meter.getId().getType().name().toLowerCase(Locale.ROOT);
    }

    private static String tags(Meter meter) {
        return meter.getId().getTags().stream()
                .map(Tag::getKey)
                .sorted()
                .map(key -> "`" + key + "`")
                .collect(Collectors.collectingAndThen(Collectors.joining(", "), tags -> tags.isEmpty() ? "–" : tags));
    }

    private static List<String> rows(String start) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith(start))
                .toList();
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.split("\\|")).map(String::strip).skip(1).toList();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

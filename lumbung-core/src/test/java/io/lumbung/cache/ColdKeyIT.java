package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many processes with many threads ask for one cold key at once, and one of them loads. */
class ColdKeyIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final List<String> SMALL = List.of("-Xss256k", "-Xmx256m");

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void threeProcessesOfTwoThousandThreadsLoadOnce() throws Exception {
        try (Processes processes = new Processes(3, "stampede", 2_000, 300)) {
            processes.all.forEach(child -> child.send("go"));
            int answered = 0;
            for (ChildJvm child : processes.all) {
                String done = processes.done(child);
                System.out.println(child + ": " + done);
                assertThat(done).endsWith("wrong []").doesNotContain("BYPASS");
                answered += answers(done);
            }
            assertThat(answered).isEqualTo(6_000);
            assertThat(processes.loads()).isEqualTo(1);
        }
    }

    @Test
    void othersLoadWithinTheLeaseOfAKilledProcess() throws Exception {
        try (Processes dying = new Processes(1, "orphan", 1, -1);
                Processes living = new Processes(2, "orphan", 200, 50)) {
            dying.all.get(0).send("go");
            dying.all.get(0).awaitLine("loading"::equals, LONG);
            living.all.forEach(child -> child.send("go"));
            long killed = System.nanoTime();
            dying.all.get(0).kill();
            for (ChildJvm child : living.all) {
                String done = living.done(child);
                System.out.println(child + ": " + done);
                assertThat(done).endsWith("wrong []").doesNotContain("BYPASS");
            }
            Duration took = Duration.ofNanos(System.nanoTime() - killed);
            System.out.println("answered " + took.toMillis()
                    + " ms after the loading process was killed, its lease was " + Commands.LEASE.toMillis() + " ms");
            assertThat(living.loads()).isEqualTo(1);
            assertThat(took).isLessThan(Commands.LEASE.plusSeconds(7));
        }
    }

    private static int answers(String done) {
        int sum = 0;
        for (String answer : done.replaceAll(".*\\{(.*)}.*", "$1").split(", ")) {
            sum += Integer.parseInt(answer.substring(answer.indexOf('=') + 1));
        }
        return sum;
    }

    private static final class Processes implements AutoCloseable {
        final List<ChildJvm> all = new ArrayList<>();

        Processes(int count, String key, int threads, int loadMillis) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                all.add(ChildJvm.start(SMALL, ColdKeyReaders.class, server.url(), key, "" + threads, "" + loadMillis));
            }
            for (ChildJvm child : all) {
                child.awaitLine("ready"::equals, LONG);
            }
        }

        String done(ChildJvm child) throws InterruptedException {
            return child.awaitLine(line -> line.startsWith("done"), LONG);
        }

        long loads() {
            return all.stream()
                    .flatMap(child -> child.lines().stream())
                    .filter("loading"::equals)
                    .count();
        }

        @Override
        public void close() {
            all.forEach(ChildJvm::close);
        }
    }
}

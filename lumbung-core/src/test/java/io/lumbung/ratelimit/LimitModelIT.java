package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.ratelimit.LimitScenario.Check;
import io.lumbung.ratelimit.LimitScenario.Mode;
import io.lumbung.ratelimit.LimitScenario.Size;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shipped scripts on a real Redis against a plain reference, by a clock that the test moves ({@link OwnClock} says
 * how that leaves the server's own clock out): random limits, costs and moments, with exact boundaries among them.
 */
@Timeout(900)
class LimitModelIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int OPERATIONS = 50;

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    enum Subject {
        LOG(Kind.SLIDING_LOG, 1_000_000),
        COUNTER(Kind.SLIDING_COUNTER, 200_000),
        SMOOTH(Kind.SMOOTH, 200_000),
        QUOTA(Kind.QUOTA, 200_000),
        MIXED(null, 200_000);

        private final Kind kind;
        private final int full;

        Subject(Kind kind, int full) {
            this.kind = kind;
            this.full = full;
        }

        List<Kind> kinds(Random random) {
            return kind == null ? LimitScenario.mixed(random) : List.of(kind);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theScriptsDoWhatAPlainReferenceDoes(Subject subject) {
        int operations = FULL ? subject.full : 20_000;
        Random random = Seed.random("LimitModelIT." + subject);
        long began = System.nanoTime();
        int done = 0;
        int probes = 0;
        try (OwnClock redis = new OwnClock(server, source -> source)) {
            Map<Check, String> findings = new EnumMap<>(Check.class);
            for (int life = 0; done < operations; life++) {
                Mode mode = Mode.values()[life % Mode.values().length];
                long seed = random.nextLong();
                Size size = new LimitScenario(
                                seed,
                                redis,
                                mode,
                                subject.kinds(new Random(seed)),
                                (check, what) -> findings.putIfAbsent(check, mode + " " + what))
                        .run(OPERATIONS);
                done += size.operations();
                probes += size.probes();
                assertThat(findings).as("life %s, seed %s", life, seed).isEmpty();
            }
        }
        System.out.printf(
                "%s: %d operations, %d moments around a wait, %d ms%n",
                subject, done, probes, (System.nanoTime() - began) / 1_000_000);
    }
}

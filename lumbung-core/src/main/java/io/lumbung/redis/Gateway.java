package io.lumbung.redis;

import io.lumbung.config.RedisConfig;
import io.lumbung.observe.Observer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A {@link Redis} with the connections behind it; whoever opened it closes it. */
public interface Gateway extends Redis, AutoCloseable {

    /**
     * Connects and verifies with PING, inside {@link RedisConfig#startTimeout()}.
     *
     * <p>With {@link RedisConfig#requiredAtStart()} off it returns at once if Redis does not answer, and goes on trying
     * in the background; until then every call fails at once.
     *
     * @param quick the shortest deadline in use: a server slower than half of it counts as down
     * @param worker runs what is registered by {@link Redis#onRecovery}
     * @throws io.lumbung.error.StoreUnavailableException {@code failed to connect to Redis at HOST:PORT}
     */
    static Gateway connect(RedisConfig config, Duration quick, Observer observer, Executor worker) {
        return LettuceGateway.connect(config, quick, observer, worker, Clock.systemUTC());
    }

    /** Where it is connected to, as configured. */
    String address();

    /** How long a PING of all masters takes right now; fails if one of them does not answer. */
    Duration ping(Deadline deadline);

    /** When the present connection was made, if there is one. */
    Optional<Instant> connectedAt();

    /** Ends all connections; idempotent. Calls from then on are {@link IllegalStateException}s. */
    @Override
    void close();
}

package io.lumbung.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lumbung.embedded.RedisServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The servers of one run, each started when the first contender asks for it. Used by one thread. */
final class Servers implements AutoCloseable {

    private @Nullable URI address;
    private @Nullable RedisServer redis;
    private @Nullable EmbeddedPostgres postgres;

    /** With a Redis that somebody else started and will stop. */
    static Servers at(URI redis) {
        var servers = new Servers();
        servers.address = redis;
        return servers;
    }

    URI redis() {
        if (address == null) {
            redis = RedisServer.builder().inMemoryOnly().start();
            address = URI.create(redis.url());
        }
        return address;
    }

    /** Takes everything out of Redis. */
    void empty() {
        ask(RedisCommands::flushall);
    }

    /** Lets Redis count commands from here on. */
    void forgetCommands() {
        ask(RedisCommands::configResetstat);
    }

    /** What Redis has executed since {@link #forgetCommands}. */
    ExecutedCommands commands() {
        return ask(ExecutedCommands::of);
    }

    private <T> T ask(Function<RedisCommands<String, String>, T> question) {
        try (var client = RedisClient.create(RedisURI.create(redis()));
                var connection = client.connect()) {
            return question.apply(connection.sync());
        }
    }

    DataSource postgres() throws IOException {
        if (postgres == null) {
            postgres = EmbeddedPostgres.start();
        }
        return postgres.getPostgresDatabase();
    }

    @Override
    public void close() throws IOException {
        try (RedisServer first = redis;
                EmbeddedPostgres second = postgres) {
            redis = null;
            postgres = null;
        }
    }
}

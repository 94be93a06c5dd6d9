package io.lumbung.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Plain Lettuce as its guide recommends it: one connection for the whole process. */
final class LettuceContender implements Contender {

    private final ClientResources resources = unmetered();
    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    LettuceContender(URI redis) {
        client = RedisClient.create(resources, RedisURI.create(redis));
        commands = client.connect().sync();
    }

    /** Latency recording is on by default when its library is on the class path, and costs time on every command. */
    static ClientResources unmetered() {
        return DefaultClientResources.builder()
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
    }

    @Override
    public void warm(String key, String value) {
        commands.set("lettuce:" + key, value, SetArgs.Builder.ex(Duration.ofHours(1)));
    }

    @Override
    public @Nullable String read(String key) {
        return commands.get("lettuce:" + key);
    }

    @Override
    public void close() {
        client.shutdown();
        resources.shutdown().awaitUninterruptibly();
    }
}

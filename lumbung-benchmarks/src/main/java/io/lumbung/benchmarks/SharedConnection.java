package io.lumbung.benchmarks;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One Lettuce connection for all callers, set up as Lumbung sets up its own: RESP3, flushes consolidated, no latency
 * recording, and no timer for each command, for whoever waits has a deadline. What it does is as fast as the client library goes on one connection.
 */
final class SharedConnection implements AutoCloseable {

    static final String SETTINGS =
            "async API, one shared connection, RESP3, flushes consolidated, no command metrics, no command timers";

    private static final int FLUSH_AFTER = 256;
    private static final long PATIENCE_MILLIS = 5_000;

    private final ClientResources resources = ClientResources.builder()
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .nettyCustomizer(new NettyCustomizer() {
                @Override
                public void afterChannelInitialized(Channel channel) {
                    channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
                }
            })
            .build();
    private final RedisClient client;
    private final RedisAsyncCommands<byte[], byte[]> commands;

    SharedConnection(URI redis) {
        client = RedisClient.create(resources, RedisURI.create(redis));
        client.setOptions(ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP3)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .build());
        commands = client.connect(ByteArrayCodec.INSTANCE).async();
    }

    RedisAsyncCommands<byte[], byte[]> commands() {
        return commands;
    }

    /** Waits with a deadline, as every caller should. */
    static <T> T await(RedisFuture<T> reply) throws InterruptedException, ExecutionException, TimeoutException {
        return reply.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdown();
        resources.shutdown().awaitUninterruptibly();
    }
}

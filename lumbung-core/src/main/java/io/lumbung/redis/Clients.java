package io.lumbung.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.lumbung.config.HostPort;
import io.lumbung.config.RedisConfig;
import io.lumbung.config.RedisMode;
import io.lumbung.config.TlsConfig;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How the client library is set up. Everything that decides about outcomes is here:
 *
 * <ul>
 *   <li>commands are rejected while disconnected: the library's default would run a write twice after a reconnect;
 *   <li>its own timeouts are off: the deadline of a call belongs to whoever waits for it;
 *   <li>flushes are consolidated: many threads share one system call;
 *   <li>reconnects come soon and with jitter, so that many processes do not come back at once.
 * </ul>
 */
final class Clients {
    private static final int QUEUE = 16_384;
    private static final int FLUSH_AFTER = 256;
    private static final String NAME = "lumbung";

    private Clients() {}

    static ClientResources resources() {
        return ClientResources.builder()
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .reconnectDelay(
                        Delay.fullJitter(Duration.ofMillis(10), Duration.ofMillis(400), 10, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
                    }
                })
                .build();
    }

    static RedisClient direct(ClientResources resources, RedisConfig config) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(options(ClientOptions.builder(), config).build());
        return client;
    }

    static RedisClusterClient cluster(ClientResources resources, RedisConfig config) {
        RedisClusterClient client = RedisClusterClient.create(resources, uris(config));
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        options(options, config);
        client.setOptions(options.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(500))
                        .enablePeriodicRefresh(Duration.ofSeconds(30))
                        .build())
                .build());
        return client;
    }

    /** Where the data is: one server, or the Sentinels that know it. */
    static RedisURI uri(RedisConfig config) {
        if (config.mode() != RedisMode.SENTINEL) {
            return uris(config).get(0);
        }
        RedisURI.Builder uri =
                RedisURI.builder().withSentinelMasterId(config.sentinelMaster().orElseThrow());
        for (HostPort node : config.nodes()) {
            RedisURI.Builder sentinel = RedisURI.builder().withHost(node.host()).withPort(node.port());
            if (!config.sentinelPassword().isEmpty()) {
                String password = config.sentinelPassword().value();
                config.sentinelUsername()
                        .ifPresentOrElse(
                                user -> sentinel.withAuthentication(user, password),
                                () -> sentinel.withPassword(password.toCharArray()));
            }
            uri.withSentinel(secured(sentinel, config.tls())
                    .withTimeout(config.connectTimeout())
                    .build());
        }
        return common(uri, config);
    }

    private static List<RedisURI> uris(RedisConfig config) {
        return config.nodes().stream()
                .map(node -> common(RedisURI.builder().withHost(node.host()).withPort(node.port()), config))
                .toList();
    }

    private static RedisURI common(RedisURI.Builder uri, RedisConfig config) {
        if (!config.password().isEmpty()) {
            String password = config.password().value();
            config.username()
                    .ifPresentOrElse(
                            user -> uri.withAuthentication(user, password),
                            () -> uri.withPassword(password.toCharArray()));
        }
        return secured(uri, config.tls())
                .withDatabase(config.db())
                .withClientName(NAME)
                .withTimeout(config.connectTimeout())
                .build();
    }

    private static RedisURI.Builder secured(RedisURI.Builder uri, TlsConfig tls) {
        return uri.withSsl(tls.enabled()).withVerifyPeer(tls.insecure() ? SslVerifyMode.NONE : SslVerifyMode.FULL);
    }

    private static <B extends ClientOptions.Builder> B options(B options, RedisConfig config) {
        options.protocolVersion(ProtocolVersion.RESP3)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(config.connectTimeout())
                        .keepAlive(true)
                        .tcpNoDelay(true)
                        .build());
        if (config.tls().enabled()) {
            options.sslOptions(ssl(config.tls(), config.connectTimeout()));
        }
        return options;
    }

    private static SslOptions ssl(TlsConfig tls, Duration handshake) {
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().handshakeTimeout(handshake);
        tls.caFile().ifPresent(file -> ssl.trustManager(file.toFile()));
        tls.trustStore()
                .ifPresent(file ->
                        ssl.truststore(file.toFile(), tls.trustStorePassword().value()));
        if (tls.certificate().isPresent()) {
            ssl.keyManager(
                    tls.certificate().get().toFile(),
                    tls.privateKey().orElseThrow().toFile(),
                    new char[0]);
        }
        return ssl.build();
    }
}

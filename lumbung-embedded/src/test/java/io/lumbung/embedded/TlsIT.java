package io.lumbung.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TlsIT {
    @Test
    void clientsThatTrustTheAuthorityGetInAndOthersDoNot() {
        TlsFiles files = TlsFiles.create();
        try (RedisServer server =
                RedisServer.builder().tls(files).password("pw").start()) {
            assertThat(server.url()).isEqualTo("rediss://:pw@127.0.0.1:" + server.port());
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThat(ping(server, files)).isEqualTo("PONG");
            assertThatThrownBy(() -> ping(server, TlsFiles.create())).isInstanceOf(RedisConnectionException.class);

            server.restart(RedisServer.Data.KEEP);
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefused() {
        TlsFiles files = TlsFiles.createForWrongHost();
        try (RedisServer server = RedisServer.builder().tls(files).start()) {
            assertThatThrownBy(() -> ping(server, files))
                    .isInstanceOf(RedisConnectionException.class)
                    .hasStackTraceContaining("127.0.0.1");
        }
    }

    @Test
    void aCertificateWhoseTimeIsOverIsRefused() {
        TlsFiles files = TlsFiles.createExpired();
        RedisServer.Builder builder = RedisServer.builder().tls(files);
        try (RedisServer server = builder.start()) {
            assertThatThrownBy(() -> ping(server, files))
                    .isInstanceOf(RedisConnectionException.class)
                    .hasStackTraceContaining("NotAfter");
        }
    }

    private static String ping(RedisServer server, TlsFiles trusted) {
        RedisClient client = RedisClient.create(server.url());
        client.setOptions(ClientOptions.builder()
                .sslOptions(SslOptions.builder()
                        .jdkSslProvider()
                        .truststore(trusted.trustStore().toFile(), trusted.trustStorePassword())
                        .build())
                .build());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return connection.sync().ping();
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}

package io.lumbung.redis;

import static io.lumbung.redis.Rig.incr;
import static io.lumbung.redis.Rig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.LumbungConfig;
import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.TlsFiles;
import io.lumbung.observe.Observer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TlsIT {

    @Test
    void trustsTheAuthorityItWasGivenByFileOrByStore() {
        TlsFiles files = TlsFiles.create();
        try (RedisServer server = RedisServer.builder().tls(files).start()) {
            for (RedisConfig config : new RedisConfig[] {
                config(LumbungConfig.builder().url(server.url()).caFile(files.authority())),
                config(LumbungConfig.builder()
                        .url(server.url())
                        .trustStore(files.trustStore(), files.trustStorePassword()))
            }) {
                try (Gateway redis = connect(config)) {
                    assertThat(redis.call(incr(Rig.freshKey()), patient())).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void refusesAnUnknownAuthorityAndAnotherHostsCertificate() {
        TlsFiles wrongHost = TlsFiles.createForWrongHost();
        try (RedisServer server = RedisServer.builder().tls(wrongHost).start()) {
            assertThatThrownBy(() -> connect(config(LumbungConfig.builder().url(server.url()))))
                    .hasMessageContaining("failed to connect to Redis");
            assertThatThrownBy(() -> connect(
                            config(LumbungConfig.builder().url(server.url()).caFile(wrongHost.authority()))))
                    .hasMessageContaining("failed to connect to Redis");
            try (Gateway redis =
                    connect(config(LumbungConfig.builder().url(server.url()).insecureTls()))) {
                assertThat(redis.call(incr(Rig.freshKey()), patient())).isEqualTo(1);
            }
        }
    }

    @Test
    void refusesACertificateWhoseTimeIsOver() {
        TlsFiles expired = TlsFiles.createExpired();
        try (RedisServer server = RedisServer.builder().tls(expired).start()) {
            assertThatThrownBy(() -> connect(
                            config(LumbungConfig.builder().url(server.url()).caFile(expired.authority()))))
                    .hasMessageContaining("failed to connect to Redis");
        }
    }

    private static RedisConfig config(LumbungConfig.Builder builder) {
        return builder.build().redis();
    }

    private static Gateway connect(RedisConfig config) {
        return Gateway.connect(config, Rig.DEADLINE, Observer.NONE, task -> new Thread(task).start());
    }
}

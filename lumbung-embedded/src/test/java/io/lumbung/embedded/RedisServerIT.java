package io.lumbung.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.embedded.RedisServer.Data;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RedisServerIT {
    @Test
    void answersAsSoonAsStartReturns() {
        try (RedisServer server = RedisServer.start()) {
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThat(server.url()).isEqualTo("redis://127.0.0.1:" + server.port());
            assertThat((String) server.command("INFO", "server")).contains(server.version());
            assertThat((String) server.command("INFO", "server")).contains("process_id:" + server.pid() + "\r\n");
            assertThat(server.command("CONFIG", "GET", "bind")).isEqualTo(List.of("bind", "127.0.0.1"));
        }
    }

    @Test
    void repliesBecomePlainJavaValues() {
        try (RedisServer server = RedisServer.start()) {
            assertThat(server.command("SET", "k", "ä 1")).isEqualTo("OK");
            assertThat(server.command("GET", "k")).isEqualTo("ä 1");
            assertThat(server.command("GET", "absent")).isNull();
            assertThat(server.command("INCR", "n")).isEqualTo(1L);
            assertThat(server.command("MGET", "n", "absent")).asList().containsExactly("1", null);
            assertThatThrownBy(() -> server.command("INCR", "k"))
                    .isInstanceOf(RespErrorException.class)
                    .hasMessageStartingWith("ERR value is not an integer");
        }
    }

    @Test
    void closeClosesThePortRemovesTheFolderAndMayBeCalledTwice() {
        RedisServer server = RedisServer.start();
        server.close();
        server.close();

        assertThat(FreePort.isFree(server.port())).isTrue();
        assertThat(server.dataDirectory().getParent()).doesNotExist();
        assertThatThrownBy(() -> server.command("PING")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> server.restart(Data.EMPTY)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPausedServerKeepsItsConnectionsAndAnswersLater() {
        try (RedisServer server = RedisServer.start();
                RespConnection connection = server.connect()) {
            server.pause();
            connection.send("INCR", "n");
            connection.timeout(Duration.ofMillis(50));
            assertThatThrownBy(connection::read).isInstanceOf(UncheckedIOException.class);

            server.resume();
            assertThat(server.command("GET", "n")).isEqualTo("1");
        }
    }

    @Test
    void everyAcknowledgedWriteSurvivesAKill() {
        try (RedisServer server = RedisServer.start()) {
            int port = server.port();
            IntStream.range(0, 500).forEach(i -> server.command("SET", "k" + i, "v"));
            server.kill();
            assertThat(FreePort.isFree(port)).isTrue();
            assertThat(server.isAlive()).isFalse();

            server.restart(Data.KEEP);
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.command("DBSIZE")).isEqualTo(500L);
        }
    }

    @Test
    void restartEmptyForgetsEverythingEvenFromAPausedServer() {
        try (RedisServer server = RedisServer.start()) {
            server.command("SET", "k", "v");
            long before = server.pid();
            server.pause();

            server.restart(Data.EMPTY);
            assertThat(server.command("DBSIZE")).isEqualTo(0L);
            assertThat(server.pid()).isNotEqualTo(before);
        }
    }

    @Test
    void aServerInMemoryRefusesToPromiseWhatItCannotKeep() {
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start()) {
            assertThat(server.command("CONFIG", "GET", "appendonly")).isEqualTo(List.of("appendonly", "no"));
            assertThatThrownBy(() -> server.restart(Data.KEEP)).isInstanceOf(IllegalStateException.class);
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void passwordUsersAndSettingsAreInForce() {
        try (RedisServer server = RedisServer.builder()
                .password("p@ss \"word\\")
                .user("ana", "secret:1", "~app:* &* +@all")
                .config("maxmemory", "64mb")
                .config("maxmemory-policy", "allkeys-lru")
                .config("client-output-buffer-limit", "pubsub 1mb 512kb 5")
                .start()) {
            assertThat(server.url()).isEqualTo("redis://:p%40ss%20%22word%5C@127.0.0.1:" + server.port());
            assertThat(server.url("ana")).isEqualTo("redis://ana:secret%3A1@127.0.0.1:" + server.port());
            assertThat(server.command("CONFIG", "GET", "maxmemory")).isEqualTo(List.of("maxmemory", "67108864"));
            try (RespConnection connection = RespConnection.open(server.host(), server.port())) {
                assertThatThrownBy(() -> connection.command("GET", "app:1")).hasMessageStartingWith("NOAUTH");
                connection.command("AUTH", "ana", "secret:1");
                assertThat(connection.command("SET", "app:1", "v")).isEqualTo("OK");
                assertThatThrownBy(() -> connection.command("GET", "other")).hasMessageStartingWith("NOPERM");
            }
            server.restart(Data.KEEP);
            assertThat(server.command("GET", "app:1")).isEqualTo("v");
        }
    }

    @Test
    void aTakenPortIsAClearMessage() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            RedisServer.Builder builder = RedisServer.builder().port(taken.getLocalPort());
            assertThatThrownBy(builder::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("port " + taken.getLocalPort() + " of 127.0.0.1 is taken by another process");
        }
    }

    @Test
    void aSettingTheServerRejectsIsQuotedInTheError() {
        RedisServer.Builder builder = RedisServer.builder().config("no-such-setting", "1");
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-setting");
    }

    @Test
    void aProgramThatIsNoRedisIsNamedInTheError() {
        RedisServer.Builder builder = RedisServer.builder().executable(Path.of("/bin/true"));
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/bin/true")
                .hasMessageContaining("named in code");
    }

    @Test
    void manyServersStartAtOnceOnDifferentPorts() {
        List<RedisServer> servers = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> RedisServer.start())
                .toList();
        try {
            assertThat(servers.stream().map(RedisServer::port).distinct()).hasSize(8);
            assertThat(servers)
                    .allSatisfy(server -> assertThat(server.command("PING")).isEqualTo("PONG"));
        } finally {
            servers.forEach(RedisServer::close);
        }
        assertThat(servers)
                .allSatisfy(server -> assertThat(server.dataDirectory()).doesNotExist());
    }

    @Test
    void nobodyElseMayReadTheFilesOfAServer() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            Path base = server.dataDirectory().getParent().getParent();
            assertThat(Files.getPosixFilePermissions(base)).hasSize(3);
        }
    }
}

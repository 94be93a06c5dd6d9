package io.lumbung.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisExecutableTest {
    @TempDir
    private Path folder;

    @Test
    void aServerOnThePathComesBeforeTheSuppliedOne() throws IOException {
        Path program = script("redis-server", "echo 'Redis server v=8.2.2 sha=00000000:1 malloc=jemalloc bits=64'");
        assertThat(RedisExecutable.search("/nowhere:" + folder))
                .isEqualTo(new RedisExecutable(program, "Redis", "8.2.2", "found on PATH"));
    }

    @Test
    void valkeyWillDoWhereThereIsNoRedis() throws IOException {
        script("valkey-server", "echo 'Valkey server v=8.1.0 sha=00000000:0 malloc=jemalloc bits=64'");
        RedisExecutable valkey = RedisExecutable.search(folder.toString());
        assertThat(valkey.product()).isEqualTo("Valkey");
        assertThat(valkey.knowsClusterPort()).isTrue();
    }

    @Test
    void aBrokenServerOnThePathIsPassedOver() throws IOException {
        script("redis-server", "echo 'libssl.so.3: cannot open shared object file' >&2; exit 127");
        RedisExecutable supplied = RedisExecutable.search(folder.toString());
        assertThat(supplied.version()).isEqualTo("7.0.15");
        assertThat(supplied.origin()).contains("development and tests only");
        assertThat(RedisExecutable.search(null).version()).isEqualTo("7.0.15");
    }

    @Test
    void theSuppliedServerIsForItsOwnerOnly() throws IOException {
        RedisExecutable supplied = RedisExecutable.search("");
        assertThat(Files.getPosixFilePermissions(supplied.path()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aNamedServerThatDoesNotRunIsAnErrorAndNotPassedOver() {
        System.setProperty(RedisExecutable.PROPERTY, "/nowhere/redis-server");
        try {
            assertThatThrownBy(RedisExecutable::find)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("/nowhere/redis-server")
                    .hasMessageContaining("LUMBUNG_REDIS_SERVER");
        } finally {
            System.clearProperty(RedisExecutable.PROPERTY);
        }
    }

    @Test
    void aNamedServerIsTakenBeforeAnythingElse() throws IOException {
        Path program = script("my-redis", "echo 'Redis server v=6.2.20 sha=00000000:0 malloc=libc bits=64'");
        System.setProperty(RedisExecutable.PROPERTY, program.toString());
        try {
            assertThat(RedisExecutable.find().version()).isEqualTo("6.2.20");
            assertThat(RedisExecutable.find().knowsClusterPort()).isFalse();
        } finally {
            System.clearProperty(RedisExecutable.PROPERTY);
        }
    }

    private Path script(String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}

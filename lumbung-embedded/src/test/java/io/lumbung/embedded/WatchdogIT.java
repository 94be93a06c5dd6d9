package io.lumbung.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.fault.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchdogIT {
    private static final Duration START = Duration.ofSeconds(60);

    /** Starts two servers, pauses the second, and then waits for its end or to be told to exit. */
    static final class TwoServers {
        public static void main(String[] arguments) throws Exception {
            RedisServer running = RedisServer.start();
            RedisServer paused = RedisServer.start();
            running.command("SET", "k", "v");
            paused.pause();
            System.out.println("ready " + running.port() + " " + paused.port() + " "
                    + running.dataDirectory().getParent() + " "
                    + paused.dataDirectory().getParent());
            if (System.in.read() >= 0) {
                System.exit(7);
            }
        }
    }

    /** Starts {@link TwoServers} in a JVM of its own and passes on what that says. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            ChildJvm child = ChildJvm.start(TwoServers.class);
            System.out.println(child.awaitLine(line -> line.startsWith("ready "), START));
            System.in.read();
        }
    }

    @Test
    void killingTheJvmEndsARunningAndAPausedServerWithinTwoSeconds() throws Exception {
        try (ChildJvm jvm = ChildJvm.start(TwoServers.class)) {
            String[] ready = ready(jvm);
            jvm.kill();
            assertThat(jvm.exitValue()).hasValue(137);
            assertEverythingIsGone(ready, Duration.ofSeconds(2));
        }
    }

    @Test
    void aJvmThatExitsWithoutClosingLeavesNothingBehind() throws Exception {
        try (ChildJvm jvm = ChildJvm.start(TwoServers.class)) {
            String[] ready = ready(jvm);
            jvm.send("exit");
            assertThat(jvm.awaitExit(Duration.ofSeconds(20))).isEqualTo(7);
            assertEverythingIsGone(ready, Duration.ofSeconds(2));
        }
    }

    @Test
    void killingAJvmEndsItsChildJvmAndTheServersOfThat() throws Exception {
        try (ChildJvm jvm = ChildJvm.start(Parent.class)) {
            String[] ready = ready(jvm);
            jvm.kill();
            assertEverythingIsGone(ready, Duration.ofSeconds(4));
        }
    }

    private static String[] ready(ChildJvm jvm) throws InterruptedException {
        String[] ready = jvm.awaitLine(line -> line.startsWith("ready "), START).split(" ");
        assertThat(FreePort.isFree(Integer.parseInt(ready[1]))).isFalse();
        assertThat(FreePort.isFree(Integer.parseInt(ready[2]))).isFalse();
        assertThat(Path.of(ready[3])).isDirectory();
        return ready;
    }

    private static void assertEverythingIsGone(String[] ready, Duration within) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(within)
                .untilAsserted(() -> {
                    assertThat(FreePort.isFree(Integer.parseInt(ready[1]))).isTrue();
                    assertThat(FreePort.isFree(Integer.parseInt(ready[2]))).isTrue();
                    assertThat(Path.of(ready[3])).doesNotExist();
                    assertThat(Path.of(ready[4])).doesNotExist();
                    Path base = Path.of(ready[3]).getParent();
                    assertThat(base).doesNotExist();
                    assertThat(Files.exists(Path.of(base + ".gone"))).isFalse();
                });
    }
}

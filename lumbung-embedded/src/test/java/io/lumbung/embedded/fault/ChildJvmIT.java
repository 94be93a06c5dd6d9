package io.lumbung.embedded.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Scanner;
import org.junit.jupiter.api.Test;

class ChildJvmIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Says its arguments, then repeats every line until it reads {@code exit N}. */
    static final class Echo {
        public static void main(String[] arguments) {
            System.out.println("hello " + String.join(",", arguments) + " " + System.getProperty("lumbung.echo"));
            Scanner in = new Scanner(System.in, "UTF-8");
            while (in.hasNextLine()) {
                String line = in.nextLine();
                if (line.startsWith("exit ")) {
                    System.err.println("bye");
                    System.exit(Integer.parseInt(line.substring(5)));
                }
                System.out.println("echo " + line);
            }
        }
    }

    @Test
    void parentAndChildSpeakInLines() throws Exception {
        System.setProperty("lumbung.echo", "inherited");
        try (ChildJvm child = ChildJvm.start(Echo.class, "a b", "c")) {
            assertThat(child.awaitLine(line -> line.startsWith("hello"), LONG)).isEqualTo("hello a b,c inherited");
            child.send("one");
            child.send("two");
            assertThat(child.awaitLine(line -> line.startsWith("echo"), LONG)).isEqualTo("echo one");
            assertThat(child.awaitLine(line -> line.startsWith("echo"), LONG)).isEqualTo("echo two");
            assertThat(child.exitValue()).isEmpty();
            child.send("exit 3");
            assertThat(child.awaitExit(LONG)).isEqualTo(3);
            assertThat(child.exitValue()).hasValue(3);
            assertThat(child.lines()).contains("bye");
            assertThatThrownBy(() -> child.awaitLine(line -> line.equals("more"), LONG))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Echo ended without the line")
                    .hasMessageContaining("bye");
        } finally {
            System.clearProperty("lumbung.echo");
        }
    }

    @Test
    void aPausedChildIsSilentUntilItMayGoOnAndCanBeKilled() throws Exception {
        try (ChildJvm child = ChildJvm.start(Echo.class)) {
            child.awaitLine(line -> line.startsWith("hello"), LONG);
            child.pause();
            child.send("late");
            assertThatThrownBy(() -> child.awaitLine(line -> line.equals("echo late"), Duration.ofMillis(100)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Echo waited");
            child.resume();
            child.awaitLine(line -> line.equals("echo late"), LONG);

            child.pause();
            child.kill();
            assertThat(child.isAlive()).isFalse();
            assertThat(child.exitValue()).hasValue(137);
            await().untilAsserted(() -> assertThatThrownBy(() -> child.awaitLine(line -> false, Duration.ofMillis(1)))
                    .hasMessageContaining("ended"));
        }
    }
}

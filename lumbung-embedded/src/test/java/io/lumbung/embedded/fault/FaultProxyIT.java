package io.lumbung.embedded.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lumbung.embedded.FreePort;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.RedisServer.Data;
import io.lumbung.embedded.RespConnection;
import io.lumbung.embedded.RespErrorException;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultProxyIT {
    private static RedisServer server;
    private FaultProxy proxy;
    private RespConnection client;

    @BeforeAll
    static void startServer() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void openProxy() {
        server.command("FLUSHALL");
        proxy = FaultProxy.inFrontOf(server.host(), server.port());
        client = RespConnection.open(proxy.host(), proxy.port());
    }

    @AfterEach
    void closeProxy() {
        client.close();
        proxy.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("fault-proxy-" + proxy.port())));
    }

    @Test
    void withoutAFaultEverythingPassesUnchanged() {
        Random random = seeded();
        for (int round = 0; round < 200; round++) {
            String value = "é\r\n$5*3>".repeat(random.nextInt(round < 5 ? 50_000 : 50));
            assertThat(client.command("SET", "k", value)).isEqualTo("OK");
            assertThat(client.command("GET", "k")).isEqualTo(value);
        }
        client.command("HELLO", "3");
        client.command("HSET", "h", "a", "1", "b", "2");
        client.command("ZADD", "z", "1.5", "m");
        assertThat(client.command("HGETALL", "h")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(client.command("ZRANGE", "z", "0", "-1", "WITHSCORES")).isEqualTo(List.of(List.of("m", 1.5)));
        assertThat(client.command("EVAL", "return {1,{2,{3,{}}},false,{ok='fine'}}", "0"))
                .asList()
                .hasSize(4);
        assertThat(client.command("GET", "absent")).isNull();
        assertThat(proxy.count("get")).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void slicesDoNotChangeAnything(int bytes) {
        proxy.slice(bytes);
        String value = "v\r\n".repeat(500);
        assertThat(client.command("SET", "k", value)).isEqualTo("OK");
        assertThat(client.command("MGET", "k", "absent", "k")).asList().containsExactly(value, null, value);
        proxy.slice(0);
        assertThat(client.command("GET", "k")).isEqualTo(value);
    }

    @ParameterizedTest
    @EnumSource
    void theThirdIncrementIsExecutedAndItsReplyLost(Cut cut) {
        proxy.cutAfterExecution("INCR", 3, cut);
        for (int i = 0; i < 10; i++) {
            client.send("INCR", "n");
        }

        assertThat(client.read()).isEqualTo(1L);
        assertThat(client.read()).isEqualTo(2L);
        assertCut(cut);
        assertThat(server.command("GET", "n")).isEqualTo("3");
        assertThat(proxy.count("INCR")).isEqualTo(3);
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void theCountRunsOverAllConnections() {
        proxy.cutAfterExecution("INCR", 2, Cut.FIN);
        try (RespConnection other = open()) {
            client.command("INCR", "n");
            assertThatThrownBy(() -> other.command("INCR", "n")).isInstanceOf(UncheckedIOException.class);
        }
        assertThat(client.command("INCR", "n")).isEqualTo(3L);
    }

    @ParameterizedTest
    @EnumSource
    void aCommandCutBeforeExecutionIsNotExecuted(Cut cut) {
        proxy.cutBeforeExecution("INCR", 2, cut);
        client.send("INCR", "n");
        assertThat(client.read()).isEqualTo(1L);
        client.send("INCR", "n");
        assertCut(cut);
        assertThat(server.command("GET", "n")).isEqualTo("1");
        assertThat(proxy.count("INCR")).isEqualTo(1);
    }

    @Test
    void aReplyCanBreakOffInTheMiddle() {
        client.command("SET", "k", "0123456789");
        proxy.cutInsideReply("GET", 1, "$10\r\n01234".length(), Cut.FIN);
        assertThatThrownBy(() -> client.command("GET", "k"))
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseInstanceOf(EOFException.class);
    }

    @Test
    void anAnswerTakesTheTurnOfTheCommandItReplaces() {
        proxy.answer("INCR", 2, "-LOADING Redis is loading the dataset in memory");
        proxy.answer("EVALSHA", 1, "-NOSCRIPT No matching script");
        for (int i = 0; i < 3; i++) {
            client.send("INCR", "n");
        }
        assertThat(client.read()).isEqualTo(1L);
        assertThatThrownBy(client::read)
                .isInstanceOf(RespErrorException.class)
                .hasMessage("LOADING Redis is loading the dataset in memory");
        assertThat(client.read()).isEqualTo(2L);
        assertThatThrownBy(() -> client.command("evalsha", "0".repeat(40), "0"))
                .hasMessage("NOSCRIPT No matching script");
        assertThat(server.command("GET", "n")).isEqualTo("2");
    }

    @Test
    void everyCommandOfANameCanBeAnsweredUntilHealed() {
        proxy.answerAll("SET", "-OOM command not allowed when used memory > 'maxmemory'.");
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> client.command("SET", "k", "v")).hasMessageStartingWith("OOM ");
        }
        assertThat(client.command("GET", "k")).isNull();
        proxy.heal();
        assertThat(client.command("SET", "k", "v")).isEqualTo("OK");
    }

    @Test
    void anAnswerWaitsForTheRepliesBeforeIt() {
        proxy.answer("PING", 1, "+HERE");
        client.send("BLPOP", "list", "0");
        client.send("PING");
        await().until(() -> proxy.count("PING") == 1);
        server.command("RPUSH", "list", "x");
        assertThat(client.read()).isEqualTo(List.of("list", "x"));
        assertThat(client.read()).isEqualTo("HERE");
    }

    @Test
    void twoRepliesChangePlaces() {
        client.command("MSET", "a", "1", "b", "2", "c", "3");
        proxy.swapReplies("GET", 2);
        List.of("a", "b", "c", "a").forEach(key -> client.send("GET", key));
        assertThat(IntStream.range(0, 4).mapToObj(i -> client.read())).containsExactly("1", "3", "2", "1");
    }

    @Test
    void aHalfOpenLinkPassesNothingAndLosesNothing() {
        client.command("INCR", "n");
        proxy.stall();
        client.send("INCR", "n");
        client.timeout(Duration.ofMillis(50));
        assertThatThrownBy(client::read).hasRootCauseInstanceOf(SocketTimeoutException.class);
        assertThat(server.command("GET", "n")).isEqualTo("1");
        try (RespConnection late = open()) {
            late.send("INCR", "n");
            proxy.flow();
            client.timeout(Duration.ofSeconds(5));
            assertThat(List.of(client.read(), late.read())).containsExactlyInAnyOrder(2L, 3L);
        }
    }

    @Test
    void frozenRepliesLeaveTheCommandsExecuted() {
        proxy.stallReplies();
        for (int i = 0; i < 100; i++) {
            client.send("INCR", "n");
        }
        await().until(() -> "100".equals(server.command("GET", "n")));
        proxy.cutAll(Cut.RST);
        assertCut(Cut.RST);
        assertThat(server.command("GET", "n")).isEqualTo("100");
    }

    @Test
    void frozenCommandsLetPushesThrough() {
        client.command("SUBSCRIBE", "c");
        proxy.stallRequests();
        server.command("PUBLISH", "c", "hello");
        assertThat(client.read()).isEqualTo(List.of("message", "c", "hello"));
        client.send("PING");
        client.timeout(Duration.ofMillis(50));
        assertThatThrownBy(client::read).hasRootCauseInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void whatWaitedInAStallIsLostWithTheLink() {
        proxy.stall();
        client.send("INCR", "n");
        proxy.cutAll(Cut.FIN);
        assertCut(Cut.FIN);
        proxy.flow();
        try (RespConnection next = open()) {
            assertThat(next.command("GET", "n")).isNull();
        }
    }

    @Test
    void delayedRepliesKeepTheirOrderAndAreNotServedOneByOne() {
        proxy.delay(Duration.ofMillis(100));
        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            client.send("INCR", "n");
        }
        for (long i = 1; i <= 50; i++) {
            assertThat(client.read()).isEqualTo(i);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isBetween(Duration.ofMillis(100), Duration.ofSeconds(4));

        proxy.delay(Duration.ZERO);
        assertThat(client.command("INCR", "n")).isEqualTo(51L);
    }

    @Test
    void aRefusingProxyComesBackOnTheSamePort() {
        client.command("PING");
        proxy.refuse(true);
        assertThatThrownBy(this::open).hasRootCauseInstanceOf(ConnectException.class);
        assertThat(client.command("PING")).isEqualTo("PONG");
        proxy.refuse(true);
        proxy.refuse(false);
        proxy.refuse(false);
        try (RespConnection again = open()) {
            assertThat(again.command("PING")).isEqualTo("PONG");
        }
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void droppedPushesAreLostAndRepliesAreNot(String protocol) {
        client.command("HELLO", protocol);
        client.command("SUBSCRIBE", "c");
        proxy.dropPushes(true);
        server.command("PUBLISH", "c", "lost");
        assertThat(client.command("SUBSCRIBE", "d")).isEqualTo(List.of("subscribe", "d", 2L));
        if (protocol.equals("3")) {
            assertThat(client.command("ECHO", "still here")).isEqualTo("still here");
        }
        proxy.dropPushes(false);
        server.command("PUBLISH", "c", "seen");
        assertThat(client.read()).isEqualTo(List.of("message", "c", "seen"));
    }

    @Test
    void repliesFindTheirCommandAmongSubscriptionsAndPushes() {
        client.command("HELLO", "3");
        client.command("CLIENT", "TRACKING", "ON", "BCAST");
        client.send("SUBSCRIBE", "a", "b");
        client.send("UNSUBSCRIBE");
        client.send("PSUBSCRIBE");
        proxy.cutAfterExecution("INCR", 2, Cut.FIN);
        for (int i = 0; i < 3; i++) {
            client.send("INCR", "n");
        }

        List<Object> seen = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        try {
                            seen.add(client.read());
                        } catch (RespErrorException e) {
                            seen.add("error");
                        }
                    }
                })
                .isInstanceOf(UncheckedIOException.class);
        assertThat(seen).contains(1L, "error").doesNotContain(2L, 3L);
        assertThat(server.command("GET", "n")).isEqualTo("2");
    }

    @Test
    void aFaultCanConcernConnectionsOfOneNameOnly() {
        try (RespConnection named = open();
                RespConnection hello = open()) {
            named.command("CLIENT", "SETNAME", "pubsub");
            hello.command("HELLO", "3", "SETNAME", "pubsub");
            Faults pubSub = proxy.onConnectionsNamed("pubsub");

            pubSub.answer("GET", 2, "-ERR only for you");
            client.command("GET", "k");
            client.command("GET", "k");
            named.command("GET", "k");
            assertThatThrownBy(() -> hello.command("GET", "k")).hasMessage("ERR only for you");

            pubSub.cutAll(Cut.FIN);
            assertThatThrownBy(() -> named.command("PING")).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> hello.command("PING")).isInstanceOf(UncheckedIOException.class);
            assertThat(client.command("PING")).isEqualTo("PONG");
        }
        assertThat(proxy.count("CLIENT SETNAME")).isEqualTo(1);
        assertThat(proxy.commands()).startsWith("CLIENT", "HELLO");
    }

    @Test
    void healEndsEverything() {
        proxy.stall();
        proxy.delay(Duration.ofHours(1));
        proxy.refuse(true);
        proxy.answer("GET", 1, "-ERR never");
        proxy.heal();
        try (RespConnection fresh = open()) {
            assertThat(fresh.command("GET", "k")).isNull();
        }
    }

    @Test
    void aDeadServerLooksDeadThroughTheProxyAndItsSuccessorAlive() {
        try (RedisServer mortal = RedisServer.start();
                FaultProxy front = FaultProxy.inFrontOf(mortal)) {
            RespConnection before = RespConnection.open(front.host(), front.port());
            before.command("SET", "k", "v");
            mortal.kill();
            assertThatThrownBy(() -> before.command("PING")).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() ->
                            RespConnection.open(front.host(), front.port()).command("PING"))
                    .isInstanceOf(UncheckedIOException.class);
            mortal.restart(Data.KEEP);
            try (RespConnection after = RespConnection.open(front.host(), front.port())) {
                assertThat(after.command("GET", "k")).isEqualTo("v");
            }
            before.close();
        }
    }

    @Test
    void aClosedProxyLeavesNoPortAndNoConnectionBehind() {
        client.command("PING");
        proxy.close();
        proxy.close();
        assertThat(FreePort.isFree(proxy.port())).isTrue();
        assertThatThrownBy(() -> client.command("PING")).isInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void lettuceThatRejectsWhileDisconnectedNeverRepeatsAnIncrement(Cut cut) throws Exception {
        RedisClient lettuce = RedisClient.create(proxy.url());
        lettuce.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        try (StatefulRedisConnection<String, String> connection = lettuce.connect()) {
            proxy.stallReplies();
            connection.setAutoFlushCommands(false);
            List<RedisFuture<Long>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(connection.async().incr("n"));
            }
            connection.flushCommands();
            connection.setAutoFlushCommands(true);
            await().until(() -> "100".equals(server.command("GET", "n")));
            proxy.cutAll(cut);
            proxy.flow();
            for (RedisFuture<Long> call : calls) {
                assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
            }
            await().ignoreExceptions().until(() -> connection.sync().get("n"), "100"::equals);
        } finally {
            lettuce.shutdown(0, 1, TimeUnit.SECONDS);
        }
        assertThat(proxy.count("INCR")).isEqualTo(100);
    }

    private RespConnection open() {
        return RespConnection.open(proxy.host(), proxy.port());
    }

    private void assertCut(Cut cut) {
        assertThatThrownBy(client::read)
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseInstanceOf(cut == Cut.FIN ? EOFException.class : SocketException.class);
    }

    private static Random seeded() {
        long seed = Long.getLong("lumbung.seed", System.nanoTime());
        System.out.println("seed: -Dlumbung.seed=" + seed);
        return new Random(seed);
    }
}

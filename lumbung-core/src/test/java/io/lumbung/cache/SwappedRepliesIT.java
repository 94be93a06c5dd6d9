package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Lumbung;
import io.lumbung.Seed;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.key.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reply that was meant for another key is never taken for an answer: it would be another user's data. */
@Timeout(60)
class SwappedRepliesIT {
    private static final int ROUNDS = "full".equals(System.getProperty("lumbung.campaign")) ? 20_000 : 300;

    record User(String id) {}

    @Test
    void aReplyForAnotherKeyIsAMissInACacheWithAnEnvelopeAndALeakInPlainJson() {
        Random random = Seed.random("swapped replies");
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start();
                FaultProxy proxy = FaultProxy.inFrontOf(server);
                Lumbung lumbung =
                        Lumbung.connect(LumbungConfig.builder().url(proxy.url()).build())) {
            Cache<User> guarded = lumbung.cache("guarded", User.class).build();
            Cache<User> bare = lumbung.cache("bare", User.class).plainJson().build();
            assertThat(wrongAnswers(guarded, proxy, random)).isZero();
            assertThat(wrongAnswers(bare, proxy, random))
                    .as("the same check sees the leak where nothing guards against it")
                    .isPositive();
        }
    }

    private static int wrongAnswers(Cache<User> users, FaultProxy proxy, Random random) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            keys.add(Key.of("u" + i));
            users.put(keys.get(i), new User("u" + i));
        }
        int wrong = 0;
        int hits = 0;
        for (int round = 0; round < ROUNDS; round++) {
            proxy.swapReplies("GET", 1 + random.nextInt(keys.size() - 1));
            Map<Key, Optional<User>> found = users.getAll(keys);
            hits += found.size();
            for (Map.Entry<Key, Optional<User>> entry : found.entrySet()) {
                if (!entry.getValue().orElseThrow().id().equals(entry.getKey().text())) {
                    wrong++;
                }
            }
        }
        System.out.println(users.name() + ": " + ROUNDS + " pairs of replies swapped, " + hits + " hits, " + wrong
                + " of them for another key");
        assertThat(hits).isPositive();
        return wrong;
    }
}

package io.lumbung.howto;

import io.lumbung.Lumbung;
import io.lumbung.cache.Cache;
import io.lumbung.cache.Fetched;
import io.lumbung.cache.Invalidator;
import io.lumbung.cache.Source;
import io.lumbung.codec.JsonText;
import io.lumbung.codec.TypeRef;
import io.lumbung.config.LumbungConfig;
import io.lumbung.key.Key;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The snippets of docs/how-to/cache.md, so that they compile. */
final class CacheHowTo {
    record User(String id, String name) {}

    record UserPage(List<User> data, long total) {}

    record Price(BigDecimal amount, String currency) {}

    static final class UnknownUserException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    interface Database {
        @Nullable
        User find(String id);

        User require(String id) throws UnknownUserException;

        void update(User user);

        UserPage search(String text, int page, int limit);

        UserPage team(String team);
    }

    void snippets(Database database, String id, User changed, User user0, String text, String teamId)
            throws UnknownUserException {
        Lumbung lumbung = Lumbung.connect(LumbungConfig.fromEnvironment());

        Cache<User> users =
                lumbung.cache("user", User.class).ttl(Duration.ofMinutes(10)).build();

        Optional<User> user = users.get(id, () -> database.find(id));

        Optional<User> known = users.get(id, () -> database.require(id));

        database.update(changed);
        users.invalidate(changed.id());

        writes(users, database, id, user0);

        Cache<User> byHandle = lumbung.cache("user:handle", User.class)
                .nulls(Duration.ofSeconds(30))
                .build();

        Cache<UserPage> lists = lumbung.cache("user:list", new TypeRef<UserPage>() {})
                .ttl(Duration.ofHours(1))
                .tags("users")
                .build();

        Optional<UserPage> page = lists.get(Key.of("search", text, "p1", "l10"), () -> database.search(text, 1, 10));

        lumbung.invalidateTag("users");

        Fetched<UserPage> team = lists.fetchTagged(Key.of("team", teamId), load -> {
            load.tag("team:" + teamId);
            return database.team(teamId);
        });

        long dropped = lists.deletePattern("search:{}:*", text);
        long more = lists.deletePrefix("search:");

        Invalidator invalidator = Invalidator.builder()
                .entity("user", rules -> rules.entry(users).listsIn(lists))
                .build();

        database.update(changed);
        invalidator.afterUpdate("user", changed.id());

        Cache<Price> prices = lumbung.cache("price", Price.class).plainJson().build();

        Cache<JsonText> answers = lumbung.cache("answer", JsonText.class).build();

        Fetched<User> fetched = users.fetch(id, () -> database.find(id));
        boolean fromRedis = fetched.source() == Source.HIT;
    }

    void writes(Cache<User> users, Database database, String id, User user) {
        users.warmUp(id, () -> database.find(id));
        users.put(id, user);
    }
}

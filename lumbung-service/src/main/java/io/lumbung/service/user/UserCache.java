package io.lumbung.service.user;

import io.lumbung.Lumbung;
import io.lumbung.cache.Cache;
import io.lumbung.cache.Fetched;
import io.lumbung.cache.Invalidator;
import io.lumbung.cache.Loader;
import io.lumbung.codec.TypeRef;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.service.web.Page;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The copies of users in Redis: single ones for ten minutes, pages of the list for an hour, and the rule when they go.
 *
 * <p>Stored is the form the service shows, {@link User}, and only of users who exist. All pages go together, in one
 * round trip however many there are: nobody could say which of them a change would have moved.
 */
@Component
class UserCache {

    private static final String USER = "user";

    private final Cache<User> users;
    private final Cache<Page<User>> pages;
    private final Invalidator invalidator;

    UserCache(Lumbung lumbung) {
        this.users = lumbung.cache(USER, User.class).ttl(Duration.ofMinutes(10)).build();
        this.pages = lumbung.cache("user:list", new TypeRef<Page<User>>() {})
                .ttl(Duration.ofHours(1))
                .tagged()
                .build();
        this.invalidator = Invalidator.builder()
                .entity(USER, rules -> rules.entry(users).listsIn(pages))
                .build();
    }

    /** The user {@code id}, read by {@code loader} if there is no copy. */
    Fetched<User> user(UUID id, Loader<User, RuntimeException> loader) {
        return users.fetch(Key.of(id.toString()), loader);
    }

    /** The page {@code query} asks for, read by {@code loader} if there is no copy. */
    Fetched<Page<User>> page(UserQuery query, Loader<Page<User>, RuntimeException> loader) {
        return pages.fetch(query.key(), loader);
    }

    /** A user was added: the pages go. Never fails because of Redis; what it did not confirm is repeated until it does. */
    void created() {
        invalidator.afterCreate(USER);
    }

    /** A user, or what stands on their page, was changed: the user and the pages go. As {@link #created()}. */
    void changed(UUID id) {
        invalidator.afterUpdate(USER, id.toString());
    }

    /** A user was removed: the user and the pages go. As {@link #created()}. */
    void removed(UUID id) {
        invalidator.afterDelete(USER, id.toString());
    }

    /**
     * Drops everything, for whoever changed the database by hand. Walks all keys of Redis.
     *
     * @return how many users and pages there were
     * @throws StoreException if Redis did not confirm it; it is kept and repeated
     */
    long invalidateAll() {
        // Pages lie within the users' own part of the keys, so this one walk finds both.
        return users.clear().orElseThrow();
    }
}

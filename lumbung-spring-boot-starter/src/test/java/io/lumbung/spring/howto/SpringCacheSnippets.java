package io.lumbung.spring.howto;

import io.lumbung.Lumbung;
import io.lumbung.spring.RedisAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Repository;
import org.springframework.stereotype.Service;

/** What {@code docs/how-to/spring-cache.md} shows; run by {@link SpringCacheHowToIT}. */
interface SpringCacheSnippets {

    record User(UUID id, String name) {}

    @Repository
    class UserRepository {
        final ConcurrentHashMap<UUID, User> users = new ConcurrentHashMap<>();
        final AtomicInteger reads = new AtomicInteger();

        Optional<User> find(UUID id) {
            reads.incrementAndGet();
            return Optional.ofNullable(users.get(id));
        }

        List<User> search(String search) {
            reads.incrementAndGet();
            return users.values().stream()
                    .filter(user -> user.name().contains(search))
                    .toList();
        }

        void save(User user) {
            users.put(user.id(), user);
        }
    }

    @Configuration
    @EnableCaching
    class CacheConfiguration {}

    @Service
    class Users {
        private final UserRepository repository;

        Users(UserRepository repository) {
            this.repository = repository;
        }

        @Cacheable("users")
        public Optional<User> find(UUID id) {
            return repository.find(id);
        }

        @Cacheable("user-lists")
        public List<User> search(String search, int page) {
            return repository.search(search);
        }

        @Caching(
                evict = {
                    @CacheEvict(cacheNames = "users", key = "#user.id"),
                    @CacheEvict(cacheNames = "user-lists", allEntries = true)
                })
        public void update(User user) {
            repository.save(user);
        }
    }

    @Service
    class Imports {
        private final Lumbung lumbung;

        Imports(Lumbung lumbung) {
            this.lumbung = lumbung;
        }

        void afterImport() {
            lumbung.invalidateTag("people");
        }
    }

    @TestConfiguration
    class RedisForTests {
        @Bean
        RedisAddress redisAddress() {
            return () -> "redis://127.0.0.1:" + System.getProperty("test.redis.port");
        }
    }
}

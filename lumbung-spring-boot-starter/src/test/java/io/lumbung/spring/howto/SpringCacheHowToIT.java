package io.lumbung.spring.howto;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.spring.LumbungAutoConfiguration;
import io.lumbung.spring.cache.LumbungCacheAutoConfiguration;
import io.lumbung.spring.howto.SpringCacheSnippets.Imports;
import io.lumbung.spring.howto.SpringCacheSnippets.RedisForTests;
import io.lumbung.spring.howto.SpringCacheSnippets.User;
import io.lumbung.spring.howto.SpringCacheSnippets.UserRepository;
import io.lumbung.spring.howto.SpringCacheSnippets.Users;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;

/** The page {@code docs/how-to/spring-cache.md}, done. */
class SpringCacheHowToIT {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withPropertyValues("spring.config.location=classpath:howto/spring-cache.yaml")
            .withConfiguration(
                    AutoConfigurations.of(LumbungAutoConfiguration.class, LumbungCacheAutoConfiguration.class))
            .withUserConfiguration(
                    SpringCacheSnippets.CacheConfiguration.class, UserRepository.class, Users.class, Imports.class);

    @Test
    void readsAreCachedAndUpdatesAreSeen() {
        application.run(context -> {
            Users users = context.getBean(Users.class);
            UserRepository repository = context.getBean(UserRepository.class);
            User ana = new User(UUID.randomUUID(), "Ana");
            users.update(ana);

            assertThat(users.find(ana.id())).hasValue(ana);
            assertThat(users.find(ana.id())).hasValue(ana);
            assertThat(users.search("n", 1)).containsExactly(ana);
            assertThat(users.search("n", 1)).containsExactly(ana);
            assertThat(repository.reads).hasValue(2);

            User renamed = new User(ana.id(), "Anne");
            users.update(renamed);
            assertThat(users.find(ana.id())).hasValue(renamed);
            assertThat(users.search("n", 1)).containsExactly(renamed);
            assertThat(repository.reads).hasValue(4);

            assertThat(users.find(new UUID(0, 1))).isEmpty();
            assertThat(users.find(new UUID(0, 1))).isEmpty();
            assertThat(repository.reads).hasValue(5);

            context.getBean(Imports.class).afterImport();
            users.search("n", 1);
            assertThat(repository.reads).hasValue(6);
            assertThat(context.getBean(CacheManager.class).getCache("unlisted")).isNull();
        });
    }

    @Test
    void anAddressMayComeFromABean() {
        try (RedisServer server = RedisServer.builder().inMemoryOnly().start()) {
            application
                    .withSystemProperties("test.redis.port=" + server.port())
                    .withUserConfiguration(RedisForTests.class)
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisServer.class));
        }
    }
}

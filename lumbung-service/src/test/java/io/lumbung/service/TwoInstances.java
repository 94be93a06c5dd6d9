package io.lumbung.service;

import io.lumbung.Lumbung;
import io.lumbung.embedded.RedisServer;
import io.lumbung.service.database.OwnPostgres;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Sessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Two instances of the service in this JVM, on a PostgreSQL and a Redis of their own. */
public final class TwoInstances implements AutoCloseable {

    private final OwnPostgres postgres = new OwnPostgres();
    private final RedisServer redis = RedisServer.builder()
            .config("appendonly", "yes")
            .config("appendfsync", "always")
            .start();
    private final String[] properties;
    private final List<Instance> running = new ArrayList<>();
    private final Instance one;
    private final Instance other;

    /** Starts them; {@code properties} are those of both. */
    public TwoInstances(String... properties) {
        this.properties = properties.clone();
        this.one = start();
        this.other = start();
    }

    /** One of them, and a client of it. */
    public record Instance(ConfigurableApplicationContext context, Users users) implements AutoCloseable {

        public <T> T bean(Class<T> type) {
            return context.getBean(type);
        }

        public Lumbung lumbung() {
            return bean(Lumbung.class);
        }

        public JdbcClient jdbc() {
            return bean(JdbcClient.class);
        }

        /** Somebody new, made without the slow hash of a password. */
        public Member member(String handle) {
            UUID id = UUID.randomUUID();
            jdbc().sql("insert into users (id, handle, name, email) values (?, ?, 'Ana Putri', ?)")
                    .param(id)
                    .param(handle)
                    .param(handle + "@example.org")
                    .update();
            if (bean(Sessions.class).create(NewSession.of(id.toString())) instanceof CreateResult.Created created) {
                return new Member(id, created.token().text());
            }
            throw new AssertionError("no session for " + handle);
        }

        /** Ends it as an operator does. */
        @Override
        public void close() {
            context.close();
        }
    }

    /** Somebody with a page and a session. */
    public record Member(UUID id, String token) {

        public String page() {
            return "/api/v1/users/" + id;
        }
    }

    public Instance one() {
        return one;
    }

    public Instance other() {
        return other;
    }

    public RedisServer redis() {
        return redis;
    }

    /** One more. */
    public Instance start() {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--DATABASE_URL=" + postgres.url(),
                "--lumbung.redis.url=" + redis.url(),
                "--lumbung.cache.deadline=2s",
                "--lumbung.session.deadline=2s",
                "--lumbung.lock.deadline=2s",
                "--lumbung.ratelimit.rules.api.permits=10000",
                "--lumbung.ratelimit.rules.auth.permits=10000",
                "--lumbung.ratelimit.rules.user.permits=10000"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        ConfigurableApplicationContext context =
                new SpringApplicationBuilder(LumbungService.class).run(arguments.toArray(String[]::new));
        String port = context.getEnvironment().getProperty("local.server.port");
        Instance instance = new Instance(
                context,
                new Users(RestTestClient.bindToServer()
                        .baseUrl("http://localhost:" + port)
                        .build()));
        running.add(instance);
        return instance;
    }

    @Override
    public void close() {
        running.forEach(Instance::close);
        redis.close();
        try {
            postgres.close();
        } catch (IOException unclean) {
            throw new UncheckedIOException(unclean);
        }
    }
}

package io.lumbung.benchmarks;

import static org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.GenericJacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.SortedSetRedisSessionExpirationStore;

/**
 * Spring Session's stores on Redis without the servlet filter around them: a request is what the filter asks of them. Set
 * up as its own configuration does, except that nobody listens for keyspace events and no job sweeps, both of which would
 * only cost.
 */
final class SpringSessionContender implements SessionContender {

    private static final Duration LIFE = Duration.ofDays(1);

    private final ClientResources resources = LettuceContender.unmetered();
    private final LettuceConnectionFactory connections;
    private final SessionRepository<Session> repository;

    private SpringSessionContender(
            URI redis, Format format, Function<RedisTemplate<String, Object>, SessionRepository<?>> store) {
        connections = SpringCacheContender.connect(redis, resources);
        var template = new RedisTemplate<String, Object>();
        template.setConnectionFactory(connections);
        template.setKeySerializer(RedisSerializer.string());
        template.setHashKeySerializer(RedisSerializer.string());
        template.setDefaultSerializer(format.serializer());
        template.afterPropertiesSet();
        @SuppressWarnings("unchecked") // it is only given sessions of its own
        var own = (SessionRepository<Session>) store.apply(template);
        repository = own;
    }

    /** How values are written. */
    enum Format {
        /** As it comes. */
        JDK,
        /** Without types, which texts and numbers can do without, and which is the quickest JSON. */
        JSON;

        private RedisSerializer<Object> serializer() {
            return switch (this) {
                case JDK -> RedisSerializer.java();
                case JSON -> GenericJacksonJsonRedisSerializer.builder().build();
            };
        }
    }

    /** The store Spring Session uses unless told: a hash for each session, and no more. */
    static SessionContender plain(URI redis, String namespace, Format format) {
        return new SpringSessionContender(redis, format, template -> {
            var repository = new RedisSessionRepository(template);
            repository.setRedisKeyNamespace(namespace);
            repository.setDefaultMaxInactiveInterval(LIFE);
            return repository;
        });
    }

    /** The store that finds sessions by user. */
    static SessionContender indexed(URI redis, String namespace, Format format) {
        return new SpringSessionContender(redis, format, template -> indexed(template, namespace, format));
    }

    /** The same, with one sorted set of the ends of all sessions instead of a set for each minute. */
    static SessionContender sortedSet(URI redis, String namespace, Format format) {
        return new SpringSessionContender(redis, format, template -> {
            var repository = indexed(template, namespace, format);
            repository.setExpirationStore(new SortedSetRedisSessionExpirationStore(template, namespace));
            return repository;
        });
    }

    private static RedisIndexedSessionRepository indexed(
            RedisTemplate<String, Object> template, String namespace, Format format) {
        var repository = new RedisIndexedSessionRepository(template);
        repository.setRedisKeyNamespace(namespace);
        repository.setDefaultMaxInactiveInterval(LIFE);
        repository.setDefaultSerializer(format.serializer());
        return repository;
    }

    @Override
    public String create(Visitor visitor) {
        Session session = repository.createSession();
        visitor.attributes().forEach(session::setAttribute);
        session.setAttribute(PRINCIPAL_NAME_INDEX_NAME, visitor.user());
        repository.save(session);
        return session.getId();
    }

    @Override
    public String arrive(Map<String, String> attributes) {
        Session session = repository.createSession();
        attributes.forEach(session::setAttribute);
        repository.save(session);
        return session.getId();
    }

    @Override
    public @Nullable String use(String id) {
        Session session = found(id);
        if (session == null) {
            return null;
        }
        String csrf = session.getAttribute(Visitor.CSRF);
        repository.save(session);
        return csrf;
    }

    @Override
    public Map<String, String> read(String id, Iterable<String> names) {
        Map<String, String> all = new HashMap<>();
        Session session = repository.findById(id);
        if (session != null) {
            for (String name : names) {
                String value = session.getAttribute(name);
                if (value != null) {
                    all.put(name, value);
                }
            }
        }
        return all;
    }

    @Override
    public void change(String id, String name, String value) {
        Session session = required(id);
        session.setAttribute(name, value);
        repository.save(session);
    }

    @Override
    public String login(String id, Visitor visitor) {
        Session session = required(id);
        String next = session.changeSessionId();
        session.setAttribute(PRINCIPAL_NAME_INDEX_NAME, visitor.user());
        repository.save(session);
        return next;
    }

    @Override
    public void logout(String id) {
        found(id);
        repository.deleteById(id);
    }

    private Session required(String id) {
        Session session = found(id);
        if (session == null) {
            throw new WrongAnswerException("a session that is there was not found");
        }
        return session;
    }

    private @Nullable Session found(String id) {
        Session session = repository.findById(id);
        if (session != null) {
            session.setLastAccessedTime(Instant.now());
        }
        return session;
    }

    @Override
    public boolean findsByUser() {
        return repository instanceof FindByIndexNameSessionRepository;
    }

    @Override
    public int list(String user) {
        return byUser(user).size();
    }

    @Override
    public int destroyAll(String user) {
        var all = byUser(user);
        all.keySet().forEach(repository::deleteById);
        return all.size();
    }

    private Map<String, Session> byUser(String user) {
        if (repository instanceof FindByIndexNameSessionRepository<Session> byName) {
            return byName.findByPrincipalName(user);
        }
        throw new UnsupportedOperationException("Spring Session's default store does not find sessions by user");
    }

    @Override
    public void close() {
        connections.destroy();
        resources.shutdown().awaitUninterruptibly();
    }
}

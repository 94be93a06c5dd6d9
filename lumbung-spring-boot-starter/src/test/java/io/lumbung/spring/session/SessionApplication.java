package io.lumbung.spring.session;

import io.lumbung.embedded.RedisServer;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A web application with a real server. */
final class SessionApplication implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    final ConfigurableApplicationContext context;
    final String prefix = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final RedisServer redis;

    private SessionApplication(RedisServer redis, Class<?> pages, String... properties) {
        this.redis = redis;
        List<String> args = new ArrayList<>();
        for (String property : properties) {
            args.add("--" + property);
        }
        this.context = new SpringApplicationBuilder(pages)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "lumbung.redis.url=" + redis.url(),
                        // A busy machine must not look like a Redis that is down.
                        "lumbung.session.deadline=3s",
                        "lumbung.redis.start-timeout=60s",
                        "lumbung.redis.connect-timeout=30s",
                        "lumbung.key-prefix=" + prefix)
                .run(args.toArray(String[]::new));
    }

    static SessionApplication start(RedisServer redis, Class<?> pages, String... properties) {
        return new SessionApplication(redis, pages, properties);
    }

    Browser browser() {
        return new Browser();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** The keys in Redis, without the application's prefix, sorted. */
    List<String> keys() {
        List<?> keys = (List<?>) redis.command("KEYS", prefix + ":*");
        return new ArrayList<>(new TreeSet<>(keys.stream()
                .map(key -> "app" + key.toString().substring(prefix.length()))
                .toList()));
    }

    /** Everything in Redis, as text. */
    String everything() {
        StringBuilder all = new StringBuilder();
        for (String key : keys()) {
            String real = prefix + key.substring("app".length());
            all.append(real).append('\n');
            Object type = redis.command("TYPE", real);
            all.append("zset".equals(type) ? redis.command("ZRANGE", real, "0", "-1") : redis.command("HGETALL", real));
            all.append('\n');
        }
        return all.toString();
    }

    static Optional<String> header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name);
    }

    /** Keeps cookies, and does not follow redirects. */
    final class Browser {
        final Map<String, String> cookies = new LinkedHashMap<>();

        HttpResponse<String> get(String path, String... headers) {
            return later("GET", path, headers).join();
        }

        HttpResponse<String> post(String path, String... headers) {
            return later("POST", path, headers).join();
        }

        CompletableFuture<HttpResponse<String>> later(String method, String path, String... headers) {
            URI uri =
                    URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
            if (headers.length > 0) {
                request.headers(headers);
            }
            if (!cookies.isEmpty()) {
                List<String> pairs = new ArrayList<>();
                cookies.forEach((name, value) -> pairs.add(name + "=" + value));
                request.header("Cookie", String.join("; ", pairs));
            }
            return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                    .thenApply(this::kept);
        }

        private HttpResponse<String> kept(HttpResponse<String> answer) {
            for (String line : answer.headers().allValues("Set-Cookie")) {
                HttpCookie cookie = HttpCookie.parse(line).get(0);
                if (cookie.getMaxAge() == 0) {
                    cookies.remove(cookie.getName());
                } else {
                    cookies.put(cookie.getName(), cookie.getValue());
                }
            }
            return answer;
        }
    }

    @Override
    public void close() {
        context.close();
    }
}

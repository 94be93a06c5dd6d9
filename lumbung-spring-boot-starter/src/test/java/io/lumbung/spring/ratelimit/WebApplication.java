package io.lumbung.spring.ratelimit;

import io.lumbung.embedded.RedisServer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

/** A small web application with a real server, and a client for it. */
final class WebApplication implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final ConfigurableApplicationContext context;
    final String prefix = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final RedisServer redis;

    private WebApplication(RedisServer redis, Class<?> more, String... properties) {
        this.redis = redis;
        List<String> args = new ArrayList<>();
        for (String property : properties) {
            args.add("--" + property);
        }
        this.context = new SpringApplicationBuilder(Pages.class, more)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "spring.web.resources.static-locations=classpath:/ratelimit-static/",
                        "lumbung.redis.url=" + redis.url(),
                        // A busy machine must not look like a Redis that is down.
                        "lumbung.ratelimit.deadline=3s",
                        "lumbung.redis.start-timeout=60s",
                        "lumbung.key-prefix=" + prefix)
                .run(args.toArray(String[]::new));
    }

    static WebApplication start(RedisServer redis, String... properties) {
        return new WebApplication(redis, Nothing.class, properties);
    }

    static WebApplication with(Class<?> more, RedisServer redis, String... properties) {
        return new WebApplication(redis, more, properties);
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    static class Nothing {}

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, headers);
    }

    HttpResponse<String> send(String method, String path, String... headers) {
        URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The keys in Redis, without the application's prefix, sorted. */
    List<String> keys() {
        List<?> keys = (List<?>) redis.command("KEYS", "*" + prefix + "*");
        return new ArrayList<>(new TreeSet<>(
                keys.stream().map(key -> key.toString().replace(prefix, "app")).toList()));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Pages {
        @GetMapping("/hello")
        String hello() {
            return "hello";
        }

        @GetMapping("/me")
        String me(Principal user) {
            return user == null ? "nobody" : user.getName();
        }

        @PostMapping("/login")
        String login() {
            return "in";
        }

        @GetMapping("/broken")
        String broken() {
            throw new IllegalStateException("broken");
        }

        @GetMapping("/later")
        Callable<String> later() {
            return () -> "later";
        }

        /** Who says who he is is believed: after the place of Spring Security's filters. */
        @Bean
        @Order(0)
        OncePerRequestFilter believingLogin() {
            return new OncePerRequestFilter() {
                @Override
                protected void doFilterInternal(
                        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                        throws ServletException, IOException {
                    String user = request.getHeader("X-User");
                    chain.doFilter(
                            user == null
                                    ? request
                                    : new HttpServletRequestWrapper(request) {
                                        @Override
                                        public Principal getUserPrincipal() {
                                            return () -> user;
                                        }
                                    },
                            response);
                }
            };
        }
    }
}

package io.lumbung.spring.howto;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Lumbung;
import io.lumbung.spring.howto.SessionSnippets.Account;
import io.lumbung.spring.howto.SessionSnippets.Admin;
import io.lumbung.spring.howto.SessionSnippets.Plain;
import io.lumbung.spring.session.LumbungSession;
import io.lumbung.spring.session.LumbungSessionRepository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.session.FindByIndexNameSessionRepository;

/** The page {@code docs/how-to/sessions.md}, done. */
class SessionHowToIT {
    private static final String[] PAGE = {
        "--server.port=0",
        "--spring.main.banner-mode=off",
        "--lumbung.session.deadline=3s",
        "--spring.config.location=classpath:howto/sessions.yaml"
    };

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    @Test
    void plainJavaKeepsSessions() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class).run(PAGE)) {
            Plain plain = new Plain(context.getBean(Lumbung.class));
            String cookie = plain.login("ana", "192.0.2.7", "Firefox");
            assertThat(plain.theme(cookie)).isEqualTo("dark");
            assertThat(plain.change(cookie, "blue")).isTrue();
            assertThat(plain.theme(cookie)).isEqualTo("blue");
            plain.logout(cookie);
            assertThat(plain.change(cookie, "red")).isFalse();
            assertThat(plain.theme(cookie)).isEqualTo("light");
            plain.login("ana", "192.0.2.7", "Firefox");
            assertThat(plain.logoutEverywhere("ana")).isEqualTo(1);
        }
    }

    @Test
    void aCookieOfOursNeedsNoSpringSession() throws Exception {
        String[] args = java.util.Arrays.copyOf(PAGE, PAGE.length + 1);
        args[PAGE.length] = "--lumbung.session.http=cookie";
        try (ConfigurableApplicationContext context =
                new SpringApplicationBuilder(Shop.class, Account.class).run(args)) {
            HttpResponse<String> login = send(context, "POST", "/login?user=ana", "");
            assertThat(login.body()).isEqualTo("welcome");
            String cookie =
                    login.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
            assertThat(send(context, "GET", "/me", cookie).body()).isEqualTo("ana");
            String mine = send(context, "GET", "/me/sessions", cookie).body();
            assertThat(mine).contains(" on Java-http-client", ", last used ");

            String id = mine.substring(2, 24);
            send(context, "DELETE", "/me/sessions/" + id, cookie);
            assertThat(send(context, "GET", "/me", cookie).body()).isEqualTo("nobody");
        }
    }

    @Test
    void anAdministratorLocksAUserOut() {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class, Admin.class).run(PAGE)) {
            LumbungSessionRepository repository = context.getBean(LumbungSessionRepository.class);
            LumbungSession session = repository.createSession();
            session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, "ana");
            repository.save(session);

            context.getBean(Admin.class).lockOut("ana");

            assertThat(repository.findById(session.getId())).isNull();
        }
    }

    private static HttpResponse<String> send(
            ConfigurableApplicationContext context, String method, String path, String cookie)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}

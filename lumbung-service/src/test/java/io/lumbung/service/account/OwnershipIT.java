package io.lumbung.service.account;

import static io.lumbung.service.Users.body;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every write to a page, found where Spring finds it, sent by nobody, by somebody else and by its owner. */
@RunningService
class OwnershipIT {

    private static final String LINK = "{\"title\":\"My garden\",\"url\":\"https://example.org/garden\"}";
    private static final String SOCIAL = "{\"platform\":\"github\",\"url\":\"https://github.com/ana\"}";

    @Autowired
    private RestTestClient http;

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @LocalServerPort
    private int port;

    private Users users;
    private String handle;
    private String id;
    private String page;
    private Users.Client owner;
    private Users.Client other;

    private record Write(HttpMethod method, String pattern) {}

    @BeforeEach
    void register() {
        users = new Users(http);
        handle = freshHandle();
        id = users.registered(handle);
        page = "/api/v1/users/" + id;
        owner = users.as(users.session(id));
        other = users.as(users.session(users.registered(freshHandle())));
    }

    @Test
    void theWritesAreAllOfThese() {
        assertThat(writes())
                .containsExactlyInAnyOrder(
                        new Write(HttpMethod.PUT, "/api/v1/users/{id}"),
                        new Write(HttpMethod.DELETE, "/api/v1/users/{id}"),
                        new Write(HttpMethod.POST, "/api/v1/users/{id}/links"),
                        new Write(HttpMethod.DELETE, "/api/v1/users/{id}/links/{linkId}"),
                        new Write(HttpMethod.POST, "/api/v1/users/{id}/socials"),
                        new Write(HttpMethod.DELETE, "/api/v1/users/{id}/socials/{socialId}"));
    }

    @Test
    void nobodyAndNobodyElseMayAndNothingChanges() {
        String link = users.id(owner.post(page + "/links", LINK));
        String social = users.id(owner.post(page + "/socials", SOCIAL));
        String before = read();
        for (Write write : writes()) {
            String path = path(write, link, social);
            for (String content : List.of(content(write), "{}", "nonsense")) {
                isProblem(users.nobody().send(write.method(), path, content), 401, "NOT_LOGGED_IN");
                isProblem(other.send(write.method(), path, content), 403, "NOT_YOURS");
                isProblem(users.as("aa." + "A".repeat(43)).send(write.method(), path, content), 401, "NOT_LOGGED_IN");
            }
        }
        assertThat(read()).isEqualTo(before);
    }

    @Test
    void theirOwnerMay() {
        String link = users.id(owner.post(page + "/links", LINK));
        String social = users.id(owner.post(page + "/socials", SOCIAL));
        // The removal of the user comes last.
        writes().stream()
                .sorted((one, two) -> Boolean.compare(removesTheUser(one), removesTheUser(two)))
                .forEach(write -> owner.send(write.method(), path(write, link, social), content(write))
                        .expectStatus()
                        .is2xxSuccessful());
        isProblem(users.get(page), 404, "USER_NOT_FOUND");
    }

    @Test
    void whetherThereIsSuchAUserIsNotTold() {
        String nobodys = "/api/v1/users/" + UUID.randomUUID();
        isProblem(users.nobody().delete(nobodys), 401, "NOT_LOGGED_IN");
        isProblem(other.delete(nobodys), 403, "NOT_YOURS");
        isProblem(other.delete("/api/v1/users/nonsense"), 403, "NOT_YOURS");
        isProblem(users.nobody().delete("/api/v1/users/nonsense"), 401, "NOT_LOGGED_IN");
    }

    @Test
    void noSpellingOfAPathGetsAround() {
        String before = read();
        String capitals = page.replace(id, id.toUpperCase(Locale.ROOT));
        for (String path : List.of(
                capitals,
                "/api/v1/%75sers/" + id,
                "/api/v1/users;x=1/" + id,
                "/api/v1/users/" + id + ";x=1",
                "/api/v1/users/%3" + id.charAt(0) + id.substring(1),
                "/api/v1/../v1/users/" + id,
                "/api//v1/users/" + id,
                page + "/",
                "//api/v1/users/" + id)) {
            for (String token : List.of("", other.token())) {
                http.delete()
                        .uri(URI.create("http://localhost:" + port + path))
                        .header(HttpHeaders.COOKIE, "session=" + token)
                        .exchange()
                        .expectStatus()
                        .is4xxClientError();
            }
        }
        assertThat(read()).isEqualTo(before);
        owner.put(capitals, body(handle)).expectStatus().isOk();
    }

    @Test
    void anotherMethodInAHeaderChangesNothing() {
        String before = read();
        for (String header : List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")) {
            http.get()
                    .uri(page)
                    .header(header, "DELETE")
                    .exchange()
                    .expectStatus()
                    .isOk();
            http.post()
                    .uri(page + "?_method=DELETE")
                    .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                    .body("_method=DELETE")
                    .exchange()
                    .expectStatus()
                    .is4xxClientError();
        }
        assertThat(read()).isEqualTo(before);
    }

    @Test
    void readingIsFreeAndAsksNobodyWhoTheyAre() {
        for (Users.Client client : List.of(users.nobody(), other, owner, users.as("nonsense"))) {
            client.get(page).expectStatus().isOk().expectHeader().valueEquals("X-RateLimit-Limit", "10000");
            client.get("/api/v1/users?search=" + handle).expectStatus().isOk();
        }
        http.head().uri(page).exchange().expectStatus().isOk();
        http.options().uri(page).exchange().expectStatus().isOk();
    }

    private List<Write> writes() {
        Set<RequestMethod> reading = Set.of(RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS);
        return requestMappingHandlerMapping.getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream()
                        .filter(pattern -> pattern.startsWith("/api/v1/users"))
                        .flatMap(
                                pattern -> methods(mapping.getMethodsCondition().getMethods())
                                        .filter(method -> !reading.contains(method))
                                        .map(method -> new Write(method.asHttpMethod(), pattern))))
                .toList();
    }

    private static Stream<RequestMethod> methods(Set<RequestMethod> named) {
        return named.isEmpty() ? Stream.of(RequestMethod.values()) : named.stream();
    }

    private static boolean removesTheUser(Write write) {
        return write.method() == HttpMethod.DELETE && write.pattern().endsWith("{id}");
    }

    private String path(Write write, String link, String social) {
        return write.pattern().replace("{id}", id).replace("{linkId}", link).replace("{socialId}", social);
    }

    private String content(Write write) {
        if (write.method() == HttpMethod.DELETE) {
            return "";
        }
        return write.pattern().endsWith("links") ? LINK : write.pattern().endsWith("socials") ? SOCIAL : body(handle);
    }

    private String read() {
        return users.get(page).expectStatus().isOk().returnResult(String.class).getResponseBody();
    }
}

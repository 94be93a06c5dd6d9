package io.lumbung.service.link;

import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import io.lumbung.service.user.User;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Sessions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

@RunningService
class PageContentIT {

    private static final String LINK = "{\"title\": \" My garden \", \"url\": \"https://example.org/garden\"}";
    private static final String SOCIAL = "{\"platform\": \"GitHub\", \"url\": \"https://github.com/ana\"}";

    @Autowired
    private RestTestClient http;

    @Autowired
    private JdbcClient jdbc;

    private Users users;
    private String user;

    @BeforeEach
    void register() {
        users = new Users(http);
        user = "/api/v1/users/" + users.registered(freshHandle());
    }

    @Test
    void linksAreShownWithTheUserInTheOrderTheyCame() {
        String first = users.id(users.post(user + "/links", LINK));
        String second = users.id(users.post(user + "/links", "{\"title\":\"b\",\"url\":\"http://example.org\"}"));

        assertThat(read().links()).extracting(link -> link.id().toString()).containsExactly(first, second);
        assertThat(read().links().get(0).title()).isEqualTo("My garden");
        assertThat(read().updatedAt()).isAfter(read().createdAt());

        users.delete(user + "/links/" + first)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("Link deleted successfully");
        assertThat(read().links()).extracting(link -> link.id().toString()).containsExactly(second);
        isProblem(users.delete(user + "/links/" + first), 404, "LINK_NOT_FOUND");
    }

    @Test
    void socialProfilesAreShownWithTheUser() {
        String social = users.id(users.post(user + "/socials", SOCIAL));
        assertThat(read().socials()).singleElement().satisfies(shown -> {
            assertThat(shown.id()).hasToString(social);
            assertThat(shown.platform()).isEqualTo("github");
            assertThat(shown.url()).isEqualTo("https://github.com/ana");
        });
        users.delete(user + "/socials/" + social).expectStatus().isOk();
        assertThat(read().socials()).isEmpty();
        isProblem(users.delete(user + "/socials/" + social), 404, "SOCIAL_NOT_FOUND");
    }

    @Test
    void nobodyCanRemoveTheLinkOfAnotherUser() {
        String link = users.id(users.post(user + "/links", LINK));
        String other = "/api/v1/users/" + users.registered(freshHandle());
        isProblem(users.delete(other + "/links/" + link), 404, "LINK_NOT_FOUND");
        assertThat(read().links()).hasSize(1);
    }

    @Test
    void aFailedRemovalChangesNothing() {
        User before = read();
        isProblem(users.delete(user + "/links/" + UUID.randomUUID()), 404, "LINK_NOT_FOUND");
        assertThat(read()).isEqualTo(before);
    }

    @Test
    void nothingCanBeAddedToAUserWhoDoesNotExistAnyMore(@Autowired Sessions sessions) {
        String id = users.registered(freshHandle());
        String gone = "/api/v1/users/" + id;
        users.delete(gone).expectStatus().isOk();
        // As if it had been created while the user was removed.
        var created = (CreateResult.Created) sessions.create(NewSession.of(id));
        Users.Client late = users.as(created.token().text());
        isProblem(late.post(gone + "/links", LINK), 404, "USER_NOT_FOUND");
        isProblem(late.post(gone + "/socials", SOCIAL), 404, "USER_NOT_FOUND");
        isProblem(late.delete(gone + "/links/" + UUID.randomUUID()), 404, "USER_NOT_FOUND");
        isProblem(late.put(gone, Users.body(freshHandle())), 404, "USER_NOT_FOUND");
        isProblem(late.delete(gone), 404, "USER_NOT_FOUND");
        isProblem(late.get("/api/v1/me"), 401, "NOT_LOGGED_IN");
    }

    @Test
    void onlyWebAddressesStandBehindALink() {
        for (String url : new String[] {"javascript:alert(1)", "ftp://x.org", "https://a@b.org", "", "https://"}) {
            isProblem(
                            users.post(user + "/links", "{\"title\":\"x\",\"url\":\"%s\"}".formatted(url)),
                            400,
                            "VALIDATION_FAILED")
                    .jsonPath("$.errors[0].field")
                    .isEqualTo("url");
        }
        isProblem(
                        users.post(user + "/socials", "{\"platform\":\"a b\",\"url\":\"https://x.org\"}"),
                        400,
                        "VALIDATION_FAILED")
                .jsonPath("$.errors[0].field")
                .isEqualTo("platform");
    }

    @Test
    void aPageHasAtMostAHundredLinksEvenIfManyAddOneAtOnce() throws Exception {
        jdbc.sql("insert into links (id, user_id, title, url)"
                        + " select gen_random_uuid(), ?, 'x', 'https://x.org' from generate_series(1, 99)")
                .param(UUID.fromString(user.substring(user.lastIndexOf('/') + 1)))
                .update();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            Callable<Integer> attempt = () ->
                    users.post(user + "/links", LINK).returnResult().getStatus().value();
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : callers.invokeAll(Collections.nCopies(8, attempt))) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
        } finally {
            callers.shutdownNow();
        }
        assertThat(read().links()).hasSize(100);
        isProblem(users.post(user + "/links", LINK), 409, "TOO_MANY_LINKS")
                .jsonPath("$.detail")
                .value(String.class, detail -> assertThat(detail).contains("100"));
    }

    private User read() {
        return users.get(user).expectStatus().isOk().returnResult(User.class).getResponseBody();
    }
}

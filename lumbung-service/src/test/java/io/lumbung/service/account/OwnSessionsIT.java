package io.lumbung.service.account;

import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static io.lumbung.service.Users.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import io.lumbung.session.CreateResult;
import io.lumbung.session.Device;
import io.lumbung.session.NewSession;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.client.RestTestClient;

/** What somebody sees of their sessions, and how they end them. */
@RunningService
class OwnSessionsIT {

    private static final String MINE = "/api/v1/me/sessions";

    @Autowired
    private RestTestClient http;

    @Autowired
    private Sessions sessions;

    private Users users;
    private String handle;
    private String id;
    private Users.Client here;

    @BeforeEach
    void register() {
        users = new Users(http);
        handle = freshHandle();
        id = users.registered(handle);
        here = users.as(users.session(id));
    }

    @Test
    void aSessionIsShownInItsJsonFormWithDeviceAndLastUseAndWithoutItsToken() {
        String token = Users.token(http.post()
                        .uri("/api/v1/auth/login")
                        .header(HttpHeaders.USER_AGENT, "Lynx/2.8 (\"granary\")")
                        .header(HttpHeaders.CONTENT_TYPE, "application/json")
                        .body(login(handle))
                        .exchange())
                .orElseThrow();
        sessions.update(
                SessionToken.parse(token).orElseThrow(),
                SessionChange.none().set("theme", "dark").set("cart", List.of(1, 2)));
        Users.Client there = users.as(token);
        Instant now = Instant.now();

        Map<String, Object> shown = list(there).stream()
                .filter(session -> session.get("current").equals(true))
                .findFirst()
                .orElseThrow();
        assertThat(shown)
                .containsOnlyKeys(
                        "id", "user_id", "data", "created_at", "expires_at", "last_used_at", "device", "current")
                .containsEntry("user_id", id)
                .containsEntry("data", Map.of("theme", "dark", "cart", List.of(1, 2)))
                .containsEntry("device", Map.of("address", "127.0.0.1", "user_agent", "Lynx/2.8 (\"granary\")"))
                .containsEntry(
                        "id", SessionToken.parse(token).orElseThrow().id().text());
        assertThat(time(shown, "created_at")).isBetween(now.minusSeconds(60), now.plusSeconds(60));
        assertThat(time(shown, "last_used_at")).isBetween(time(shown, "created_at"), now.plusSeconds(60));
        assertThat(Duration.between(time(shown, "last_used_at"), time(shown, "expires_at")))
                .isEqualTo(Duration.ofHours(24));
        assertThat(shown.toString()).doesNotContain(token).doesNotContain(token.substring(3));
    }

    @Test
    void everySessionOfTheirsIsListedTheLastUsedFirstAndNobodyElses() {
        users.registered(freshHandle());
        Users.Client there = users.as(
                Users.token(users.post("/api/v1/auth/login", login(handle))).orElseThrow());
        for (Users.Client client : List.of(here, there)) {
            List<Map<String, Object>> listed = list(client);
            assertThat(listed)
                    .hasSize(2)
                    .allMatch(session -> session.get("user_id").equals(id));
            assertThat(listed.stream().filter(session -> session.get("current").equals(true)))
                    .singleElement()
                    .satisfies(session ->
                            assertThat(session).containsEntry("id", ids(client).get(0)));
            assertThat(listed)
                    .isSortedAccordingTo(
                            (one, other) -> time(other, "last_used_at").compareTo(time(one, "last_used_at")));
        }
        here.get(MINE).expectHeader().valueEquals(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    @Test
    void oneSessionEndsAndTheOthersLiveOn() {
        Users.Client there = users.as(
                Users.token(users.post("/api/v1/auth/login", login(handle))).orElseThrow());
        String other = ids(here).get(1);

        here.delete(MINE + "/" + other)
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist(HttpHeaders.SET_COOKIE)
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("Session ended successfully")
                .jsonPath("$.data.ended")
                .isEqualTo(1);

        isProblem(there.get(MINE), 401, "NOT_LOGGED_IN");
        assertThat(list(here)).hasSize(1);
        isProblem(here.delete(MINE + "/" + other), 404, "SESSION_NOT_FOUND");
    }

    @Test
    void endingTheCurrentOneIsALogout() {
        here.delete(MINE + "/" + ids(here).get(0))
                .expectStatus()
                .isOk()
                .expectHeader()
                .value(HttpHeaders.SET_COOKIE, cookie -> assertThat(cookie).startsWith("session=; Path=/; Max-Age=0"));
        isProblem(here.get(MINE), 401, "NOT_LOGGED_IN");
    }

    @Test
    void allSessionsEndAndAreCountedAndTheCookieIsCleared() {
        Users.Client there = users.as(
                Users.token(users.post("/api/v1/auth/login", login(handle))).orElseThrow());
        String somebody = users.registered(freshHandle());
        sessions.create(NewSession.of(id).from(new Device("203.0.113.7", "somewhere else")));

        here.delete(MINE)
                .expectStatus()
                .isOk()
                .expectHeader()
                .value(HttpHeaders.SET_COOKIE, cookie -> assertThat(cookie).startsWith("session=; Path=/; Max-Age=0"))
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("Logged out everywhere successfully")
                .jsonPath("$.data.ended")
                .isEqualTo(3);

        for (Users.Client client : List.of(here, there)) {
            isProblem(client.delete(MINE), 401, "NOT_LOGGED_IN");
        }
        assertThat(sessions.list(id)).isEmpty();
        assertThat(list(users.as(users.session(somebody)))).hasSize(1);
    }

    @Test
    void nobodyEndsTheSessionOfSomebodyElse() {
        String others = users.registered(freshHandle());
        Users.Client victim = users.as(users.session(others));
        isProblem(here.delete(MINE + "/" + ids(victim).get(0)), 404, "SESSION_NOT_FOUND");
        assertThat(list(victim)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "aaaaaaaaaaaaaaaaaaaaa!", "aaaaaaaaaaaaaaaaaaaaaaa", "123e4567-e89b-12d3-a456-426614174000"
            })
    void whatIsNoIdIsToldByItsName(String wrong) {
        isProblem(here.delete(MINE + "/" + wrong), 400, "INVALID_PARAMETER")
                .jsonPath("$.errors[0].field")
                .isEqualTo("sessionId");
        list(here);
    }

    @Test
    void aTokenIsNoId() {
        isProblem(here.delete(MINE + "/" + users.session(id)), 400, "INVALID_PARAMETER");
        list(here);
    }

    @Test
    void whoIsNotLoggedInSeesAndEndsNothing() {
        String session = ids(here).get(0);
        Users.Client nobody = users.nobody();
        isProblem(nobody.get("/api/v1/me"), 401, "NOT_LOGGED_IN");
        isProblem(nobody.get(MINE), 401, "NOT_LOGGED_IN");
        isProblem(nobody.delete(MINE), 401, "NOT_LOGGED_IN");
        isProblem(nobody.delete(MINE + "/" + session), 401, "NOT_LOGGED_IN");
        isProblem(nobody.delete(MINE + "/x"), 401, "NOT_LOGGED_IN");
        // Its public name lets nobody in.
        isProblem(users.as(session).get(MINE), 401, "NOT_LOGGED_IN");
        assertThat(list(here)).hasSize(1);
    }

    @Test
    void asManyAsTheyLikeAreListed() {
        for (int i = 0; i < 120; i++) {
            assertThat(sessions.create(NewSession.of(id))).isInstanceOf(CreateResult.Created.class);
        }
        assertThat(list(here)).hasSize(121);
    }

    /** With the current one first. */
    private static List<String> ids(Users.Client client) {
        return list(client).stream()
                .sorted((one, other) -> Boolean.compare(
                        other.get("current").equals(true), one.get("current").equals(true)))
                .map(session -> session.get("id").toString())
                .toList();
    }

    private static List<Map<String, Object>> list(Users.Client client) {
        return client.get(MINE)
                .expectStatus()
                .isOk()
                .returnResult(new ParameterizedTypeReference<Map<String, List<Map<String, Object>>>>() {})
                .getResponseBody()
                .get("data");
    }

    private static Instant time(Map<String, Object> session, String field) {
        return Instant.parse(session.get(field).toString());
    }
}

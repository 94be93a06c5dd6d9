package io.lumbung.service.account;

import static io.lumbung.service.Users.PASSWORD;
import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static io.lumbung.service.Users.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import io.lumbung.service.user.ReadUser;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionCookieFilter;
import io.lumbung.spring.session.SessionCookies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Who gets in, and what nobody learns by trying. */
@RunningService
@ExtendWith(OutputCaptureExtension.class)
class AuthIT {

    private static final String REGISTER = "/api/v1/auth/register";
    private static final String LOGIN = "/api/v1/auth/login";
    private static final String LOGOUT = "/api/v1/auth/logout";
    private static final Pattern COOKIE =
            Pattern.compile("session=[a-z2-7]{2}\\.[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax");
    private static final String CLEARED =
            "session=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax";

    @Autowired
    private RestTestClient http;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private RedisServer redis;

    @Autowired
    private Sessions sessions;

    private Users users;
    private String handle;

    @BeforeEach
    void connect() {
        users = new Users(http);
        handle = freshHandle();
    }

    @Test
    void whoRegistersIsLoggedInByACookieThatNoScriptReads() {
        EntityExchangeResult<String> created = whole(users.post(REGISTER, account(handle)));
        assertThat(created.getStatus().value()).isEqualTo(201);
        assertThat(cookies(created)).singleElement().asString().matches(COOKIE);
        assertThat(created.getResponseHeaders().getCacheControl()).isEqualTo("no-store");

        users.as(token(created))
                .get("/api/v1/me")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store")
                .expectBody()
                .jsonPath("$.handle")
                .isEqualTo(handle)
                .jsonPath("$.email")
                .isEqualTo(handle + "@example.org");
    }

    @Test
    void whoLogsInGetsTheirUserAndANewSessionBesideTheirOthers() {
        String id = users.registered(handle);
        EntityExchangeResult<String> answer =
                whole(users.post(LOGIN, login("  " + handle.toUpperCase(Locale.ROOT) + " ")));
        assertThat(answer.getStatus().value()).isEqualTo(200);
        assertThat(answer.getResponseBody())
                .startsWith("{\"message\":\"Logged in successfully\",\"data\":{\"id\":\"" + id + "\"");
        assertThat(cookies(answer)).singleElement().asString().matches(COOKIE);
        assertThat(token(answer)).isNotEqualTo(users.session(id));
        for (String token : List.of(token(answer), users.session(id))) {
            users.as(token).get("/api/v1/me").expectStatus().isOk();
        }
    }

    @Test
    void aLoginEndsTheSessionThatTheRequestBroughtAndAFailedOneDoesNot() {
        String id = users.registered(handle);
        Users.Client first = users.as(users.session(id));
        isProblem(first.post(LOGIN, login(handle).replace("dawn", "dusk")), 401, "WRONG_CREDENTIALS");
        first.get("/api/v1/me").expectStatus().isOk();

        String second = Users.token(first.post(LOGIN, login(handle))).orElseThrow();
        isProblem(first.get("/api/v1/me"), 401, "NOT_LOGGED_IN");
        users.as(second).get("/api/v1/me").expectStatus().isOk();
    }

    @Test
    void aCookieThatSomebodyPlantedIsNotAdopted() {
        users.registered(handle);
        String invented = "aa." + "A".repeat(43);
        String visitors = ((CreateResult.Created) sessions.create(NewSession.anonymous()))
                .token()
                .text();
        String attackers = users.session(users.registered(freshHandle()));
        for (String planted : List.of(invented, visitors, attackers)) {
            for (String path : List.of(LOGIN, REGISTER)) {
                String given = path.equals(LOGIN) ? login(handle) : account(freshHandle());
                String mine = Users.token(users.as(planted).post(path, given)).orElseThrow();
                assertThat(mine).isNotEqualTo(planted);
                isProblem(users.as(planted).get("/api/v1/me"), 401, "NOT_LOGGED_IN");
                users.as(mine).get("/api/v1/me").expectStatus().isOk();
            }
        }
    }

    @Test
    void anUnknownHandleAWrongPasswordAndAUserWithoutOneGetTheSameAnswer() {
        users.registered(handle);
        String older = freshHandle();
        UUID fromBefore = UUID.fromString(users.registered(older));
        jdbc.sql("delete from credentials where user_id = ?").param(fromBefore).update();

        List<EntityExchangeResult<String>> answers = List.of(
                whole(users.post(LOGIN, login(handle).replace("dawn", "dusk"))),
                whole(users.post(LOGIN, login(freshHandle()))),
                whole(users.post(LOGIN, login("!"))),
                whole(users.post(LOGIN, login(older))));

        for (EntityExchangeResult<String> answer : answers) {
            assertThat(answer.getStatus().value()).isEqualTo(401);
            assertThat(answer.getResponseBody())
                    .isEqualTo(answers.get(0).getResponseBody())
                    .contains("WRONG_CREDENTIALS")
                    .doesNotContain(handle, older);
            assertThat(answer.getResponseHeaders().getFirst(HttpHeaders.WWW_AUTHENTICATE))
                    .isEqualTo("Cookie realm=\"lumbung\"");
            assertThat(answer.getResponseHeaders().headerNames())
                    .isEqualTo(answers.get(0).getResponseHeaders().headerNames())
                    .doesNotContain(HttpHeaders.SET_COOKIE);
        }
    }

    /** Generous, because machines are busy; without a hash to compare with it would be a hundred times faster. */
    @Test
    void theTimeItTakesTellsNoMoreThanTheAnswer() {
        users.registered(handle);
        String wrong = login(handle).replace("dawn", "dusk");
        String unknown = login(freshHandle());
        List<Duration> ofWrong = new ArrayList<>();
        List<Duration> ofUnknown = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ofWrong.add(timed(wrong));
            ofUnknown.add(timed(unknown));
        }
        System.out.printf("a wrong password: %s, an unknown handle: %s%n", median(ofWrong), median(ofUnknown));
        assertThat(median(ofUnknown))
                .isBetween(median(ofWrong).dividedBy(3), median(ofWrong).multipliedBy(3));
    }

    private Duration timed(String body) {
        long began = System.nanoTime();
        users.post(LOGIN, body).expectStatus().isUnauthorized();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static Duration median(List<Duration> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }

    @Test
    void aLogoutEndsTheSessionAndClearsTheCookieAndMayBeRepeated() {
        Users.Client ana = users.as(users.session(users.registered(handle)));
        for (int ended : new int[] {1, 0}) {
            ana.post(LOGOUT, "")
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .valueEquals(HttpHeaders.SET_COOKIE, CLEARED)
                    .expectBody()
                    .jsonPath("$.data.ended")
                    .isEqualTo(ended);
            isProblem(ana.get("/api/v1/me"), 401, "NOT_LOGGED_IN");
        }
        users.post(LOGOUT, "").expectStatus().isOk();
    }

    @Test
    void noSessionNoCookieOfAnotherNameAndNoVisitorsSessionIsALogin() {
        String token = users.session(users.registered(handle));
        String visitors = ((CreateResult.Created) sessions.create(NewSession.anonymous()))
                .token()
                .text();
        String foreign = ((CreateResult.Created) sessions.create(NewSession.of("not-a-user")))
                .token()
                .text();
        for (String none : List.of("", "nonsense", token + "x", "aa." + "A".repeat(43), visitors, foreign)) {
            isProblem(users.as(none).get("/api/v1/me"), 401, "NOT_LOGGED_IN");
        }
        for (String name : List.of("__Host-session", "SESSION", "token")) {
            var answer = http.get()
                    .uri("/api/v1/me")
                    .header(HttpHeaders.COOKIE, name + "=" + token)
                    .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                    .exchange();
            isProblem(answer, 401, "NOT_LOGGED_IN");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"handle\":\"ana\"}", "{\"password\":\"x\"}", "{\"handle\":\"ana\",\"password\":null}"})
    void aLoginWithoutHandleOrPasswordIsToldWhatIsMissing(String body) {
        isProblem(users.post(LOGIN, body), 400, "VALIDATION_FAILED")
                .jsonPath("$.errors[0].problem")
                .value(String.class, problem -> assertThat(problem).endsWith("it is missing or empty"));
    }

    @ParameterizedTest
    @ValueSource(strings = {LOGIN, REGISTER})
    void aPasswordBeyondWhatBcryptSeesIsRefusedBeforeAnybodyIsAskedAndNotEchoed(String path) {
        String tooLong = "é".repeat(36) + "x";
        String body = (path.equals(LOGIN) ? login(handle) : account(handle)).replace(PASSWORD, tooLong);
        EntityExchangeResult<String> answer = whole(users.post(path, body));
        assertThat(answer.getStatus().value()).isEqualTo(400);
        assertThat(answer.getResponseBody())
                .contains("VALIDATION_FAILED", "at most 72 bytes in UTF-8; it has 73 bytes")
                .doesNotContain("éé");
        users.get("/api/v1/users?search=" + handle)
                .expectBody()
                .jsonPath("$.total")
                .isEqualTo(0);
    }

    @Test
    void aPasswordOfTheFullLengthInAnyScriptLogsIn() {
        String password = "🌾".repeat(17) + "sawa";
        users.post(REGISTER, account(handle).replace(PASSWORD, password))
                .expectStatus()
                .isCreated();
        users.post(LOGIN, login(handle).replace(PASSWORD, password))
                .expectStatus()
                .isOk();
        isProblem(
                users.post(LOGIN, login(handle).replace(PASSWORD, "🌾".repeat(17) + "sawb")), 401, "WRONG_CREDENTIALS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "true", "1.5", "{\"a\":1}", "[\"nasi goreng\"]"})
    void aPasswordOfAnotherTypeIsToldByItsField(String value) {
        for (String path : List.of(LOGIN, REGISTER)) {
            isProblem(users.post(path, "{\"password\":" + value + "}"), 400, "VALIDATION_FAILED")
                    .jsonPath("$.errors[0].field")
                    .isEqualTo("password")
                    .jsonPath("$.errors[0].problem")
                    .isEqualTo("has the wrong type: a JSON string is needed");
        }
    }

    @Test
    void noFormOfAnotherSiteCanBeSent() {
        for (String path : List.of(LOGIN, REGISTER)) {
            for (MediaType type : List.of(
                    MediaType.TEXT_PLAIN, MediaType.APPLICATION_FORM_URLENCODED, MediaType.MULTIPART_FORM_DATA)) {
                var answer = http.post()
                        .uri(path)
                        .header(HttpHeaders.CONTENT_TYPE, type.toString())
                        .body(account(handle))
                        .exchange();
                isProblem(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
            }
        }
        http.options()
                .uri(LOGIN)
                .header(HttpHeaders.ORIGIN, "https://elsewhere.example")
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
                .exchange()
                .expectHeader()
                .doesNotExist(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    }

    @Test
    void aHandleThatIsTakenLogsNobodyInAndChangesNobodysPassword() {
        users.registered(handle);
        EntityExchangeResult<String> answer =
                whole(users.post(REGISTER, account(handle).replace(PASSWORD, "bakmi goreng at dusk")));
        assertThat(answer.getStatus().value()).isEqualTo(409);
        assertThat(cookies(answer)).isEmpty();
        isProblem(users.post(LOGIN, login(handle).replace(PASSWORD, "bakmi goreng at dusk")), 401, "WRONG_CREDENTIALS");
        users.post(LOGIN, login(handle)).expectStatus().isOk();
        assertThat(jdbc.sql("select count(*) from users u where not exists (select 1 from credentials c"
                                + " where c.user_id = u.id) and handle = ?")
                        .param(handle)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aRemovedUserIsLoggedOutEverywhere() {
        String id = users.registered(handle);
        String elsewhere = Users.token(users.post(LOGIN, login(handle))).orElseThrow();
        users.delete("/api/v1/users/" + id).expectStatus().isOk();

        for (String token : List.of(users.session(id), elsewhere)) {
            isProblem(users.as(token).get("/api/v1/me"), 401, "NOT_LOGGED_IN");
            isProblem(users.as(token).put("/api/v1/users/" + id, Users.body(handle)), 401, "NOT_LOGGED_IN");
        }
        assertThat(sessions.list(id)).isEmpty();
        isProblem(users.post(LOGIN, login(handle)), 401, "WRONG_CREDENTIALS");
        assertThat(jdbc.sql("select count(*) from credentials where user_id = ?")
                        .param(UUID.fromString(id))
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void whoIsRemovedWhileTheyLogInIsNotLoggedIn(
            @Autowired OpenAccount openAccount,
            @Autowired CredentialStore credentials,
            @Autowired Passwords passwords,
            @Autowired ReadUser readUser,
            @Autowired SessionCookies cookies,
            @Autowired FilterRegistrationBean<SessionCookieFilter> filter)
            throws Exception {
        String id = users.registered(handle);
        CheckPassword removing = new CheckPassword(credentials, passwords) {
            @Override
            Optional<UUID> check(LoginInput input) {
                Optional<UUID> known = super.check(input);
                users.delete("/api/v1/users/" + id).expectStatus().isOk();
                return known;
            }
        };
        AuthController controller = new AuthController(openAccount, removing, readUser, cookies, sessions);
        AtomicReference<ProblemCode> refused = new AtomicReference<>();
        MockHttpServletResponse answer = new MockHttpServletResponse();
        filter.getFilter().doFilter(new MockHttpServletRequest(), answer, (request, response) -> {
            try {
                controller.login(
                        LoginInput.of(handle, new Password(PASSWORD)),
                        (jakarta.servlet.http.HttpServletRequest) request,
                        (jakarta.servlet.http.HttpServletResponse) response);
            } catch (ProblemException refusal) {
                refused.set(refusal.code());
            }
        });
        assertThat(refused).hasValue(ProblemCode.WRONG_CREDENTIALS);
        assertThat(answer.getHeaders(HttpHeaders.SET_COOKIE))
                .singleElement()
                .asString()
                .startsWith("session=; Path=/; Max-Age=0;");
        assertThat(sessions.list(id)).isEmpty();
    }

    @Test
    void ofManyLoginsThatRaceTheRemovalOfTheirUserNoneLivesOn() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 3; round++) {
                String racing = freshHandle();
                String id = users.registered(racing);
                CountDownLatch underWay = new CountDownLatch(3);
                Callable<Optional<String>> attempt = () -> {
                    underWay.countDown();
                    return Users.token(users.post(LOGIN, login(racing))).filter(token -> !token.isEmpty());
                };
                List<Future<Optional<String>>> logins =
                        Stream.generate(() -> callers.submit(attempt)).limit(8).toList();
                underWay.await();
                users.delete("/api/v1/users/" + id).expectStatus().isOk();

                for (Future<Optional<String>> login : logins) {
                    login.get().ifPresent(token -> isProblem(users.as(token).get("/api/v1/me"), 401, "NOT_LOGGED_IN"));
                }
                assertThat(sessions.list(id)).isEmpty();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void noPasswordAndNoTokenIsInALogOrAnAnswerHoweverMuchIsLogged(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        // The client of this test is in Spring's web package, too, and may write what it sends.
        List<String> loggers = List.of(
                "io.lumbung",
                "org.springframework.web.servlet",
                "org.springframework.web.method",
                "org.springframework.web.filter");
        List<String> secrets = new ArrayList<>(List.of(PASSWORD, "bakmi goreng", "4815162342"));
        List<String> answers = new ArrayList<>();
        try {
            loggers.forEach(name -> logging.setLogLevel(name, LogLevel.TRACE));
            EntityExchangeResult<String> created = whole(users.post(REGISTER, account(handle)));
            answers.add(created.getResponseBody());
            secrets.add(token(created));
            EntityExchangeResult<String> answer = whole(users.post(LOGIN, login(handle)));
            answers.add(answer.getResponseBody());
            secrets.add(token(answer));
            Users.Client ana = users.as(token(answer));
            String wrong = "bakmi goreng".repeat(9);
            for (String path : List.of(LOGIN, REGISTER)) {
                for (String given :
                        List.of("\"" + wrong + "\"", "4815162342", "[\"bakmi goreng\"]", "\"bakmi goreng")) {
                    answers.add(text(users.post(path, "{\"handle\":\"ana\",\"password\":" + given + "}")));
                }
            }
            answers.add(text(users.post(LOGIN, login(handle).replace(PASSWORD, "bakmi goreng"))));
            answers.add(text(ana.get("/api/v1/me")));
            answers.add(text(ana.get("/api/v1/me/sessions")));
            answers.add(text(ana.delete("/api/v1/me/sessions/" + "x".repeat(22))));
            answers.add(text(ana.delete("/api/v1/me/sessions")));
        } finally {
            loggers.forEach(name -> logging.setLogLevel(name, null));
        }
        assertThat(output.getAll()).contains("Completed 201 CREATED", handle);
        for (String secret : secrets) {
            assertThat(output.getAll()).doesNotContain(secret);
            assertThat(answers).noneMatch(text -> text.contains(secret));
        }
    }

    @Test
    void noPasswordNoHashAndNoTokenReachesRedis() {
        EntityExchangeResult<String> created = whole(users.post(REGISTER, account(handle)));
        String token = token(created);
        users.as(token).get("/api/v1/me").expectStatus().isOk();
        users.get("/api/v1/users?search=" + handle).expectStatus().isOk();
        users.post(LOGIN, login(handle)).expectStatus().isOk();
        String hash = jdbc.sql(
                        "select c.password_hash from credentials c join users u on u.id = c.user_id where handle = ?")
                .param(handle)
                .query(String.class)
                .single();
        assertThat(hash).startsWith("{bcrypt}$2a$10$");

        String everything = everythingInRedis();
        assertThat(everything)
                .contains(handle, "app:session:")
                .doesNotContain(hash)
                .doesNotContain("bcrypt")
                .doesNotContain("$2a$")
                .doesNotContain(PASSWORD)
                .doesNotContain(token)
                .doesNotContain(token.substring(3));
    }

    private String everythingInRedis() {
        StringBuilder everything = new StringBuilder();
        for (Object key : (List<?>) redis.command("KEYS", "*")) {
            String name = String.valueOf(key);
            String type = String.valueOf(redis.command("TYPE", name));
            Object value = switch (type) {
                case "string" -> redis.command("GET", name);
                case "hash" -> redis.command("HGETALL", name);
                case "zset" -> redis.command("ZRANGE", name, "0", "-1");
                case "list" -> redis.command("LRANGE", name, "0", "-1");
                case "none" -> "";
                default -> throw new AssertionError(name + " is a " + type);
            };
            everything.append(name).append('=').append(value).append('\n');
        }
        return everything.toString();
    }

    private static EntityExchangeResult<String> whole(ResponseSpec answer) {
        return answer.returnResult(String.class);
    }

    private static String text(ResponseSpec answer) {
        return String.valueOf(whole(answer).getResponseBody());
    }

    private static List<String> cookies(EntityExchangeResult<String> answer) {
        return answer.getResponseHeaders().getOrEmpty(HttpHeaders.SET_COOKIE);
    }

    private static String token(EntityExchangeResult<String> answer) {
        String cookie = cookies(answer).get(0);
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }
}

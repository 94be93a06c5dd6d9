package io.lumbung.service;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/**
 * Talks to the service as its clients would, in the few words the tests need. Whoever registered here writes to their own
 * page with their own session; everything else is sent by nobody, or as {@link #as}.
 */
public final class Users {

    /** Of everybody who registers here. */
    public static final String PASSWORD = "nasi goreng at dawn";

    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};
    private static final Pattern COOKIE = Pattern.compile("(?:__Host-)?session=([^;]+).*");
    private static final Pattern OWNER = Pattern.compile("/api/v1/users/([^/?]+).*");

    private final RestTestClient http;
    private final Map<String, String> sessions = new ConcurrentHashMap<>();

    public Users(RestTestClient http) {
        this.http = http;
    }

    /** A handle nobody else has, so that tests may share one database. */
    public static String freshHandle() {
        return "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    }

    /** A correct body to change a user with, who then has this handle. */
    public static String body(String handle) {
        return """
                {"handle": "%s", "name": "Ana Putri", "email": "%s@example.org", "bio": "Rice, code, rain."}
                """.formatted(handle, handle);
    }

    /** A correct body to register this handle with. */
    public static String account(String handle) {
        return """
                {"handle": "%s", "name": "Ana Putri", "email": "%s@example.org", "password": "%s"}
                """.formatted(handle, handle, PASSWORD);
    }

    /** A correct body to log in with. */
    public static String login(String handle) {
        return "{\"handle\": \"%s\", \"password\": \"%s\"}".formatted(handle, PASSWORD);
    }

    /** Registers somebody whose page can be written to from here on. */
    public String registered(String handle) {
        ResponseSpec created = nobody().post("/api/v1/auth/register", account(handle));
        String id = id(created);
        sessions.put(id, token(created).orElseThrow());
        return id;
    }

    public String id(ResponseSpec created) {
        Map<String, Object> answer =
                created.expectStatus().isCreated().returnResult(OBJECT).getResponseBody();
        return ((Map<?, ?>) answer.get("data")).get("id").toString();
    }

    /** The token in the cookie that an answer sets. */
    public static Optional<String> token(ResponseSpec answer) {
        return answer.returnResult().getResponseHeaders().getOrEmpty(HttpHeaders.SET_COOKIE).stream()
                .map(COOKIE::matcher)
                .filter(Matcher::matches)
                .map(cookie -> cookie.group(1))
                .findFirst();
    }

    /** The session with which {@code id} registered here. */
    public String session(String id) {
        return sessions.get(id);
    }

    public Client as(String token) {
        return new Client(http, token);
    }

    public Client nobody() {
        return new Client(http, "");
    }

    public ResponseSpec post(String path, String body) {
        return owner(path).post(path, body);
    }

    public ResponseSpec put(String path, String body) {
        return owner(path).put(path, body);
    }

    public ResponseSpec get(String path, Object... variables) {
        return nobody().get(path, variables);
    }

    public ResponseSpec delete(String path) {
        return owner(path).delete(path);
    }

    private Client owner(String path) {
        Matcher page = OWNER.matcher(path);
        return as(page.matches() ? sessions.getOrDefault(page.group(1), "") : "");
    }

    /**
     * One who sends requests.
     *
     * @param token of the session in the cookie; empty for no cookie
     */
    public record Client(RestTestClient http, String token) {

        public ResponseSpec post(String path, String body) {
            return send(HttpMethod.POST, path, body);
        }

        public ResponseSpec put(String path, String body) {
            return send(HttpMethod.PUT, path, body);
        }

        public ResponseSpec delete(String path) {
            return send(HttpMethod.DELETE, path, "");
        }

        public ResponseSpec get(String path, Object... variables) {
            return http.get().uri(path, variables).headers(this::identify).exchange();
        }

        public ResponseSpec send(HttpMethod method, String path, String body) {
            RestTestClient.RequestBodySpec request =
                    http.method(method).uri(path).headers(this::identify);
            return body.isEmpty() && method == HttpMethod.DELETE
                    ? request.exchange()
                    : request.contentType(MediaType.APPLICATION_JSON).body(body).exchange();
        }

        private void identify(HttpHeaders headers) {
            if (!token.isEmpty()) {
                headers.add(HttpHeaders.COOKIE, "session=" + token);
            }
        }
    }

    /** Asserts everything a problem must have. */
    public static RestTestClient.BodyContentSpec isProblem(ResponseSpec answer, int status, String code) {
        return answer.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo(
                        "urn:lumbung:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'))
                .jsonPath("$.title")
                .isNotEmpty()
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.detail")
                .isNotEmpty()
                .jsonPath("$.instance")
                .isNotEmpty()
                .jsonPath("$.code")
                .isEqualTo(code);
    }
}

package io.lumbung.service;

import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Talks to the service as a client would, in the few words the tests need. */
public record Users(RestTestClient http) {

    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};

    /** A handle nobody else has, so that tests may share one database. */
    public static String freshHandle() {
        return "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    }

    /** A correct body for a user of this handle. */
    public static String body(String handle) {
        return """
                {"handle": "%s", "name": "Ana Putri", "email": "%s@example.org", "bio": "Rice, code, rain."}
                """.formatted(handle, handle);
    }

    public String registered(String handle) {
        return id(post("/api/v1/users", body(handle)));
    }

    public String id(ResponseSpec created) {
        Map<String, Object> answer =
                created.expectStatus().isCreated().returnResult(OBJECT).getResponseBody();
        return ((Map<?, ?>) answer.get("data")).get("id").toString();
    }

    public ResponseSpec post(String path, String body) {
        return http.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    public ResponseSpec put(String path, String body) {
        return http.put()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    public ResponseSpec get(String path, Object... variables) {
        return http.get().uri(path, variables).exchange();
    }

    public ResponseSpec delete(String path) {
        return http.delete().uri(path).exchange();
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

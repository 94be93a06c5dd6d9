package io.lumbung.service.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@RunningService
class PagesIT {

    @Autowired
    private RestTestClient http;

    private Users users;

    @BeforeEach
    void connect() {
        users = new Users(http);
    }

    @Test
    void theFirstPageNamesTheOthersAndAsksNobodyElse() {
        String page = http.get()
                .uri("/")
                .accept(MediaType.TEXT_HTML)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .returnResult(String.class)
                .getResponseBody();
        assertThat(page)
                .contains("href=\"/swagger-ui.html\"")
                .contains("href=\"/actuator/health\"")
                .contains("/api/v1/users/{id}/links/{linkId}");
        assertThat(page).doesNotContain("src=").doesNotContain("href=\"http").doesNotContain("@import");
        for (String link : List.of("/v3/api-docs", "/actuator/metrics")) {
            users.get(link).expectStatus().isOk();
        }
    }

    @Test
    void theApiPageDescribesEveryOperationWithItsProblems() {
        Map<String, Object> api = users.get("/v3/api-docs")
                .expectStatus()
                .isOk()
                .returnResult(new ParameterizedTypeReference<Map<String, Object>>() {})
                .getResponseBody();
        Map<String, Map<String, Map<String, Object>>> paths = cast(api.get("paths"));
        assertThat(paths.keySet())
                .containsExactlyInAnyOrder(
                        "/api/v1/auth/register",
                        "/api/v1/auth/login",
                        "/api/v1/auth/logout",
                        "/api/v1/me",
                        "/api/v1/me/handle",
                        "/api/v1/me/sessions",
                        "/api/v1/me/sessions/{sessionId}",
                        "/api/v1/users",
                        "/api/v1/users/{id}",
                        "/api/v1/users/{id}/links",
                        "/api/v1/users/{id}/links/{linkId}",
                        "/api/v1/users/{id}/socials",
                        "/api/v1/users/{id}/socials/{socialId}",
                        "/api/v1/digests/latest");
        paths.forEach((path, operations) -> operations.forEach((method, operation) -> {
            assertThat(operation.get("summary")).as(method + path).isNotNull();
            Map<String, Object> responses = cast(operation.get("responses"));
            assertThat(responses).as(method + path).containsKeys("406", "429", "500", "503");
            boolean forOneself = path.startsWith("/api/v1/me");
            boolean forOwners = path.startsWith("/api/v1/users/") && !method.equals("get");
            assertThat(responses.containsKey("401"))
                    .as(method + path)
                    .isEqualTo(forOneself || forOwners || path.endsWith("/login"));
            assertThat(responses.containsKey("403")).as(method + path).isEqualTo(forOwners);
            assertThat(operation.containsKey("security")).as(method + path).isEqualTo(forOneself || forOwners);
            assertThat(responses.containsKey("400"))
                    .as(method + path)
                    .isEqualTo(operation.containsKey("requestBody") || operation.containsKey("parameters"));
            assertThat(responses.toString())
                    .contains("application/problem+json")
                    .contains("#/components/schemas/Problem");
        }));
        assertThat(paths.get("/api/v1/auth/register")
                        .get("post")
                        .get("responses")
                        .toString())
                .contains("HANDLE_TAKEN")
                .contains("BODY_TOO_LARGE");
        for (Map<String, Object> claim : List.of(
                paths.get("/api/v1/me/handle").get("put"),
                paths.get("/api/v1/users/{id}").get("put"))) {
            assertThat(claim.get("responses").toString())
                    .contains("HANDLE_TAKEN")
                    .contains("HANDLE_BUSY")
                    .contains("LOCK_STORE_UNAVAILABLE");
        }
        assertThat(paths.get("/api/v1/digests/latest")
                        .get("get")
                        .get("responses")
                        .toString())
                .contains("DIGEST_NOT_FOUND")
                .doesNotContain("X-Lumbung-Cache");
        Map<String, Map<String, Object>> components = cast(api.get("components"));
        assertThat(components.get("securitySchemes").toString())
                .contains("in=cookie")
                .contains("name=__Host-session")
                .contains("name=session");
        assertThat(components.get("schemas").toString()).contains("format=password");
        assertThat(components.get("schemas")).doesNotContainKeys("CurrentSession", "Password");
        for (String read : List.of("/api/v1/users", "/api/v1/users/{id}", "/api/v1/me")) {
            assertThat(paths.get(read).get("get").get("responses").toString()).contains("X-Lumbung-Cache");
        }
        assertThat(http.get()
                        .uri("/swagger-ui/index.html")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .returnResult(String.class)
                        .getResponseBody())
                .contains("swagger-ui");
    }

    @Test
    void theHealthPageSaysUpAndHasBothProbes() {
        users.get("/actuator/health")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.components.db.status")
                .isEqualTo("UP")
                .jsonPath("$.components.lumbung.status")
                .isEqualTo("UP")
                .jsonPath("$.components.lumbung.details.status")
                .isEqualTo("healthy")
                .jsonPath("$.components.lumbung.details.latency")
                .value(String.class, latency -> assertThat(latency).matches("\\d+\\.\\dms"))
                .jsonPath("$.components.lumbung.details.connected_at")
                .value(String.class, at -> assertThat(Instant.parse(at)).isBefore(Instant.now()));
        users.get("/actuator/health/liveness").expectStatus().isOk();
        users.get("/actuator/health/readiness").expectStatus().isOk();
        users.get("/actuator/info")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.app.name")
                .isNotEmpty();
        users.get("/actuator/metrics/http.server.requests").expectStatus().isOk();
    }

    @Test
    void nothingElseOfTheInsideIsShown() {
        for (String endpoint : List.of("env", "beans", "heapdump", "configprops", "loggers", "shutdown")) {
            Users.isProblem(users.get("/actuator/" + endpoint), 404, "RESOURCE_NOT_FOUND");
        }
        assertThat(users.get("/actuator/health").returnResult(String.class).getResponseBody())
                .doesNotContain("diskSpace")
                .doesNotContain("path");
    }

    @SuppressWarnings("unchecked")
    private static <T> T cast(Object value) {
        return (T) value;
    }
}

package io.lumbung.service.web;

import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Everything a careless or hostile client may send, and what it reads back. */
@RunningService
class ProblemsIT {

    private static final String USERS = "/api/v1/users";
    private static final String REGISTER = "/api/v1/auth/register";

    @Autowired
    private RestTestClient http;

    @LocalServerPort
    private int port;

    private Users users;

    @BeforeEach
    void connect() {
        users = new Users(http);
    }

    @Test
    void aWrongValueIsAnsweredWithItsFieldItsProblemAndTheLimit() {
        isProblem(
                        users.post(
                                REGISTER, "{\"handle\":\"a\",\"name\":\"\",\"email\":\"nope\",\"password\":\"hujan\"}"),
                        400,
                        "VALIDATION_FAILED")
                .jsonPath("$.instance")
                .isEqualTo(REGISTER)
                .jsonPath("$.errors[0].field")
                .isEqualTo("email")
                .jsonPath("$.errors[1].field")
                .isEqualTo("handle")
                .jsonPath("$.errors[1].problem")
                .isEqualTo("must be 3 to 30 characters of a-z, 0-9, '_', '.' and '-'; it has 1 character")
                .jsonPath("$.errors[2].field")
                .isEqualTo("name")
                .jsonPath("$.errors[2].problem")
                .isEqualTo("must be 1 to 100 characters; it is missing or empty")
                .jsonPath("$.errors[3].field")
                .isEqualTo("password")
                .jsonPath("$.errors[3].problem")
                .isEqualTo("must be at least 8 characters and at most 72 bytes in UTF-8; it has 5 characters");
    }

    @Test
    void aChangeIsLookedAtAsStrictly() {
        String id = users.registered(freshHandle());
        isProblem(users.put(USERS + "/" + id, "{\"handle\":\"a\",\"bio\":\"\\u0000\"}"), 400, "VALIDATION_FAILED")
                .jsonPath("$.errors.length()")
                .isEqualTo(4)
                .jsonPath("$.errors[0].field")
                .isEqualTo("bio");
        isProblem(users.put(USERS + "/" + id, "{\"password\":\"x\"}"), 400, "UNKNOWN_PROPERTY");
    }

    @Test
    void anEmptyObjectMissesEveryRequiredValue() {
        isProblem(users.post(REGISTER, "{}"), 400, "VALIDATION_FAILED")
                .jsonPath("$.errors.length()")
                .isEqualTo(4);
    }

    @Test
    void anUnknownPropertyIsToldWithTheKnownOnes() {
        isProblem(users.post(REGISTER, "{\"handle\":\"ana\",\"nmae\":\"x\"}"), 400, "UNKNOWN_PROPERTY")
                .jsonPath("$.errors[0].field")
                .isEqualTo("nmae")
                .jsonPath("$.detail")
                .isEqualTo("nmae is not a property of this body; known are: email, handle, name, password");
    }

    @Test
    void anIdOrAPasswordHashCannotBeSmuggledIn() {
        isProblem(users.post(REGISTER, "{\"id\":\"x\"}"), 400, "UNKNOWN_PROPERTY");
        isProblem(users.post(REGISTER, "{\"password_hash\":\"x\"}"), 400, "UNKNOWN_PROPERTY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "true", "1.5", "{\"a\":1}", "[\"ana\"]"})
    void aValueOfAnotherTypeIsToldByItsField(String value) {
        isProblem(users.post(REGISTER, "{\"handle\":" + value + "}"), 400, "VALIDATION_FAILED")
                .jsonPath("$.errors[0].field")
                .isEqualTo("handle")
                .jsonPath("$.errors[0].problem")
                .isEqualTo("has the wrong type: a JSON string is needed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"handle\":",
                "nonsense",
                "null",
                "[]",
                "\"ana\"",
                "{\"handle\":\"a\",\"handle\":\"b\"}",
                "{} x",
                "{'a':1}"
            })
    void aBodyThatIsNoJsonObjectIsToldAsSuch(String body) {
        isProblem(users.post(REGISTER, body), 400, "MALFORMED_BODY")
                .jsonPath("$.detail")
                .value(
                        String.class,
                        detail -> assertThat(detail).doesNotContain("Exception").doesNotContain("jackson"));
    }

    @Test
    void aBodyNestedTooDeeplyIsRefusedCheaply() {
        isProblem(users.post(REGISTER, "{\"handle\":" + "[".repeat(50_000)), 400, "VALIDATION_FAILED");
        isProblem(users.post(REGISTER, "{\"x\":" + "{\"x\":".repeat(9_000)), 400, "MALFORMED_BODY")
                .jsonPath("$.detail")
                .isEqualTo("the body is nested too deeply or has too long a name or number");
    }

    @Test
    void brokenUtf8IsRefused() {
        var answer = http.post()
                .uri(REGISTER)
                .contentType(MediaType.APPLICATION_JSON)
                .body(new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'})
                .exchange();
        isProblem(answer, 400, "MALFORMED_BODY");
    }

    @Test
    void aMissingBodyIsToldAsSuch() {
        isProblem(users.post(REGISTER, ""), 400, "MALFORMED_BODY");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "nonsense",
                "1-1-1-1-1",
                "00000000-0000-0000-0000-00000000000g",
                "{123e4567-e89b-12d3-a456-42661417400}"
            })
    void whatIsNoUuidIsToldByItsName(String id) {
        isProblem(users.get(USERS + "/{id}", id), 400, "INVALID_PARAMETER")
                .jsonPath("$.errors[0].field")
                .isEqualTo("id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"page=0", "page=-1", "limit=0", "limit=101"})
    void aPageOutsideTheLimitsIsToldWithThem(String query) {
        isProblem(users.get(USERS + "?" + query), 400, "VALIDATION_FAILED")
                .jsonPath("$.errors[0].field")
                .isEqualTo(query.substring(0, query.indexOf('=')))
                .jsonPath("$.errors[0].problem")
                .value(
                        String.class,
                        problem -> assertThat(problem).contains("1").contains(query.substring(query.indexOf('=') + 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"page=x", "page=1.5", "limit=99999999999", "page=%00"})
    void aPageThatIsNoNumberIsToldByItsName(String query) {
        var answer = http.get()
                .uri(URI.create("http://localhost:" + port + USERS + "?" + query))
                .exchange();
        isProblem(answer, 400, "INVALID_PARAMETER")
                .jsonPath("$.errors[0].field")
                .isEqualTo(query.substring(0, query.indexOf('=')));
    }

    @Test
    void aSearchThatNoDatabaseCouldReadIsRefused() {
        var nul = http.get()
                .uri(URI.create("http://localhost:" + port + USERS + "?search=%00"))
                .exchange();
        isProblem(nul, 400, "VALIDATION_FAILED").jsonPath("$.errors[0].field").isEqualTo("search");
        isProblem(users.get(USERS + "?search={s}", "x".repeat(101)), 400, "VALIDATION_FAILED")
                .jsonPath("$.errors[0].problem")
                .isEqualTo("must be at most 100 characters; it has 101 characters");
    }

    @Test
    void aUserNobodyKnowsIsNotFound() {
        String id = UUID.randomUUID().toString();
        isProblem(users.get(USERS + "/" + id), 404, "USER_NOT_FOUND")
                .jsonPath("$.instance")
                .isEqualTo(USERS + "/" + id)
                .jsonPath("$.detail")
                .isEqualTo("no user has the id " + id);
    }

    @Test
    void anAddressNobodyKnowsIsNotFound() {
        isProblem(users.get("/nowhere"), 404, "RESOURCE_NOT_FOUND");
        isProblem(users.get("/api/v1/nowhere"), 404, "RESOURCE_NOT_FOUND");
        isProblem(users.get("/error"), 404, "RESOURCE_NOT_FOUND");
    }

    @Test
    void anotherMethodIsAnsweredWithTheAllowedOnes() {
        var answer = http.patch().uri(USERS + "/" + UUID.randomUUID()).exchange();
        isProblem(answer, 405, "METHOD_NOT_ALLOWED")
                .jsonPath("$.detail")
                .isEqualTo("PATCH is not possible here; allowed: DELETE, GET, PUT");
        answer.expectHeader()
                .value(HttpHeaders.ALLOW, allow -> assertThat(allow).contains("PUT"));
        isProblem(users.post(USERS, account(freshHandle())), 405, "METHOD_NOT_ALLOWED");
        isProblem(http.method(HttpMethod.valueOf("FOO")).uri(USERS).exchange(), 405, "METHOD_NOT_ALLOWED");
    }

    @Test
    void aDefectOfOursIsAnsweredWithAnIncidentAndNothingOfTheInside() {
        isProblem(users.get("/trouble"), 500, "INTERNAL_ERROR")
                .consumeWith(result -> assertThat(new String(result.getResponseBody(), StandardCharsets.UTF_8))
                        .contains("incident")
                        .doesNotContain("secret")
                        .doesNotContain("Exception")
                        .doesNotContain("io.lumbung"));
    }

    @Test
    void anAnswerNobodyCanReadIsRefused() {
        isProblem(http.get().uri(USERS).accept(MediaType.APPLICATION_XML).exchange(), 406, "NOT_ACCEPTABLE");
    }

    @Test
    void anotherContentTypeIsRefused() {
        var form = http.post()
                .uri(REGISTER)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body("a=b")
                .exchange();
        isProblem(form, 415, "UNSUPPORTED_MEDIA_TYPE")
                .jsonPath("$.detail")
                .isEqualTo("the content type must be application/json; it is 'application/x-www-form-urlencoded'");
    }

    @Test
    void aBodyAnnouncedTooLargeIsRefusedBeforeItIsRead() throws IOException {
        String answer = raw("POST " + REGISTER + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 65537\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 413")
                .contains("application/problem+json")
                .contains("\"code\":\"BODY_TOO_LARGE\"")
                .contains("at most 65536 bytes; 65537 bytes were announced");
    }

    @Test
    void aChunkedBodyIsRefusedAtTheFirstByteTooMany() throws IOException {
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        String answer = raw("POST " + REGISTER + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nb\r\n{\"handle\":\"\r\n" + chunk.repeat(5)
                + "0\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 413")
                .contains("application/problem+json")
                .contains("\"code\":\"BODY_TOO_LARGE\"")
                .contains("65536");
    }

    @Test
    void aBodyOfExactlyTheLimitIsRead() {
        String body = account(freshHandle());
        users.post(REGISTER, body + " ".repeat(65_536 - body.length()))
                .expectStatus()
                .isCreated();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%zz HTTP/1.1",
                "GET /a%2Fb HTTP/1.1",
                "GET /[x HTTP/1.1",
                "GET /\\..\\ HTTP/1.1",
                "G\u0001T / HTTP/1.1"
            })
    void aRequestThatBreaksHttpIsAnsweredInTheSameForm(String line) throws IOException {
        String answer = raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json")
                .contains("\"code\":\"MALFORMED_REQUEST\"")
                .doesNotContain("Exception")
                .doesNotContain("Tomcat");
    }

    @Test
    void headersWithoutEndAreAnsweredInTheSameForm() throws IOException {
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: " + "x".repeat(10_000)
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("\"code\":\"MALFORMED_REQUEST\"");
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            OutputStream output = socket.getOutputStream();
            output.write(request.getBytes(StandardCharsets.UTF_8));
            output.flush();
            socket.shutdownOutput();
            InputStream input = socket.getInputStream();
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

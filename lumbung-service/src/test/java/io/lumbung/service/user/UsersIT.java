package io.lumbung.service.user;

import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.body;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

@RunningService
class UsersIT {

    private static final String REGISTER = "/api/v1/auth/register";

    @Autowired
    private RestTestClient http;

    @Autowired
    private JdbcClient jdbc;

    private Users users;

    @BeforeEach
    void connect() {
        users = new Users(http);
    }

    @Test
    void aNewUserIsAnsweredWithItsAddressAndCanBeRead() {
        String handle = freshHandle();
        var created = users.post(REGISTER, account(handle.toUpperCase(Locale.ROOT)))
                .expectStatus()
                .isCreated()
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("User created successfully")
                .jsonPath("$.data.handle")
                .isEqualTo(handle)
                .jsonPath("$.data.name")
                .isEqualTo("Ana Putri")
                .jsonPath("$.data.bio")
                .isEmpty()
                .jsonPath("$.data.password")
                .doesNotExist()
                .jsonPath("$.data.links")
                .isEmpty()
                .jsonPath("$.data.socials")
                .isEmpty()
                .jsonPath("$.data.id")
                .value(String.class, id -> assertThat(UUID.fromString(id)).hasToString(id))
                .jsonPath("$.data.created_at")
                .value(String.class, at -> assertThat(Instant.parse(at)).isBeforeOrEqualTo(Instant.now()))
                .returnResult();

        String location = created.getResponseHeaders().getFirst(HttpHeaders.LOCATION);
        users.get(location)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.handle")
                .isEqualTo(handle)
                .jsonPath("$.message")
                .doesNotExist();
    }

    @Test
    void aChangeReplacesEverythingAndIsSeenByTheNextRead() {
        String id = users.registered(freshHandle());
        users.put("/api/v1/users/" + id, body(freshHandle())).expectStatus().isOk();
        User before = read(id);
        assertThat(before.bio()).isEqualTo("Rice, code, rain.");
        String handle = freshHandle();

        users.put(
                        "/api/v1/users/" + id,
                        "{\"handle\":\"%s\",\"name\":\"Budi\",\"email\":\"%s@x.org\"}".formatted(handle, handle))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("User updated successfully")
                .jsonPath("$.data.name")
                .isEqualTo("Budi");

        User after = read(id);
        assertThat(after.handle()).isEqualTo(handle);
        assertThat(after.name()).isEqualTo("Budi");
        assertThat(after.bio()).isNull();
        assertThat(after.createdAt()).isEqualTo(before.createdAt());
        assertThat(after.updatedAt()).isAfter(before.updatedAt());
    }

    @Test
    void aUserMayKeepTheirHandleWhenTheyChange() {
        String handle = freshHandle();
        String id = users.registered(handle);
        users.put("/api/v1/users/" + id, body(handle)).expectStatus().isOk();
    }

    @Test
    void aRemovedUserIsGoneWithEverythingTheyHad() {
        String id = users.registered(freshHandle());
        users.post("/api/v1/users/" + id + "/links", "{\"title\":\"x\",\"url\":\"https://example.org\"}")
                .expectStatus()
                .isCreated();

        users.delete("/api/v1/users/" + id)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("User deleted successfully")
                .jsonPath("$.data.id")
                .isEqualTo(id);

        isProblem(users.get("/api/v1/users/" + id), 404, "USER_NOT_FOUND");
        isProblem(users.delete("/api/v1/users/" + id), 401, "NOT_LOGGED_IN");
        assertThat(jdbc.sql("select count(*) from links where user_id = ?")
                        .param(UUID.fromString(id))
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aListIsPagedInAStableOrderWithTheNumberOfAll() {
        String common = freshHandle().substring(0, 15);
        List<String> registered = List.of("-a", "-b", "-c", "-d", "-e").stream()
                .map(end -> users.registered(common + end))
                .toList();

        assertThat(page(common, 1, 2).data())
                .extracting(user -> user.id().toString())
                .isEqualTo(registered.subList(0, 2));
        assertThat(page(common, 2, 2).data())
                .extracting(user -> user.id().toString())
                .isEqualTo(registered.subList(2, 4));
        assertThat(page(common, 3, 2).data())
                .extracting(user -> user.id().toString())
                .isEqualTo(registered.subList(4, 5));
        assertThat(page(common, 3, 2).total()).isEqualTo(5);
        assertThat(page(common, 4, 2)).isEqualTo(new UserPage(List.of(), 5, 4, 2));
        assertThat(page(common, Integer.MAX_VALUE, 100).data()).isEmpty();
    }

    @Test
    void aListSaysWhichPageItIsEvenWhenNobodyAsked() {
        users.get("/api/v1/users")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.data")
                .isArray()
                .jsonPath("$.page")
                .isEqualTo(1)
                .jsonPath("$.limit")
                .isEqualTo(10)
                .jsonPath("$.total")
                .isNumber();
    }

    @Test
    void aSearchFindsPartsOfHandleAndNameInAnyCaseAndKnowsNoWildcards() {
        String handle = freshHandle();
        String name = "100%_" + freshHandle();
        users.put(
                        "/api/v1/users/" + users.registered(handle),
                        "{\"handle\":\"%s\",\"name\":\"%s\",\"email\":\"%s@x.org\"}".formatted(handle, name, handle))
                .expectStatus()
                .isOk();

        assertThat(page(handle.toUpperCase(Locale.ROOT).substring(2), 1, 10).total())
                .isEqualTo(1);
        assertThat(page(name.substring(2), 1, 10).total()).isEqualTo(1);
        assertThat(page(handle.substring(0, 10) + "%", 1, 10).total()).isZero();
        assertThat(page(handle.substring(0, 10) + "_", 1, 10).total()).isZero();
        assertThat(page("\\", 1, 10).total()).isZero();
        assertThat(page("' or '1'='1", 1, 10).total()).isZero();
    }

    @Test
    void aHandleOrAddressBelongsToOneUserWhateverItsCase() {
        String taken = freshHandle();
        String id = users.registered(taken);
        String other = freshHandle();

        isProblem(users.post(REGISTER, account(taken.toUpperCase(Locale.ROOT))), 409, "HANDLE_TAKEN")
                .jsonPath("$.errors[0].field")
                .isEqualTo("handle");
        String sameAddress = account(other).replace(other + "@example", taken.toUpperCase(Locale.ROOT) + "@EXAMPLE");
        isProblem(users.post(REGISTER, sameAddress), 409, "EMAIL_TAKEN")
                .jsonPath("$.errors[0].field")
                .isEqualTo("email");

        users.registered(other);
        isProblem(users.put("/api/v1/users/" + id, body(other)), 409, "HANDLE_TAKEN");
        assertThat(read(id).handle()).isEqualTo(taken);
    }

    @Test
    void ofManyWhoWantOneHandleAtOnceExactlyOneGetsIt() throws Exception {
        String handle = freshHandle();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            Callable<Integer> attempt =
                    () -> users.post(REGISTER, account(handle).replace(handle + "@", freshHandle() + "@"))
                            .returnResult()
                            .getStatus()
                            .value();
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : callers.invokeAll(Collections.nCopies(16, attempt))) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
        } finally {
            callers.shutdownNow();
        }
    }

    private User read(String id) {
        return users.get("/api/v1/users/" + id)
                .expectStatus()
                .isOk()
                .returnResult(User.class)
                .getResponseBody();
    }

    private record UserPage(List<User> data, long total, int page, int limit) {}

    private UserPage page(String search, int page, int limit) {
        return users.get("/api/v1/users?search={search}&page={page}&limit={limit}", search, page, limit)
                .expectStatus()
                .isOk()
                .returnResult(UserPage.class)
                .getResponseBody();
    }
}

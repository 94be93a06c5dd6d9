package io.lumbung.service.user;

import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.body;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.embedded.RedisServer;
import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import io.lumbung.service.database.Fences;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Which reads come from Redis, what stands there, and what every kind of write drops. */
@RunningService
class UserCacheIT {

    private static final String USERS = "/api/v1/users/";
    private static final String LINK = "{\"title\":\"My garden\",\"url\":\"https://example.org/garden\"}";
    private static final String SOCIAL = "{\"platform\":\"github\",\"url\":\"https://github.com/ana\"}";

    @Autowired
    private RestTestClient http;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private RedisServer redis;

    @Autowired
    private UserCache cache;

    @Autowired
    private Fences fences;

    private Users users;
    private String handle;
    private String id;
    private String list;

    @BeforeEach
    void register() {
        users = new Users(http);
        handle = freshHandle();
        id = users.registered(handle);
        list = "/api/v1/users?search=" + handle;
    }

    @Test
    void theFirstReadIsAMissAndTheNextOnesAreHitsWithTheSameAnswer() {
        String first = read("miss", USERS + id);
        assertThat(read("hit", USERS + id)).isEqualTo(first);
        String page = read("miss", list);
        assertThat(read("hit", list)).isEqualTo(page).contains("\"total\":1");
    }

    @Test
    void theKeysAreReadableAndNameEveryParameter() {
        read("miss", USERS + id);
        read("miss", list);
        users.get("/api/v1/users?page=7&limit=9").expectStatus().isOk();

        assertThat(keys())
                .contains("app:user:" + id, "app:user:list:search:" + handle + ":p1:l10", "app:user:list:p7:l9");
    }

    @Test
    void usersLiveTenMinutesAndListsAnHour() {
        read("miss", USERS + id);
        read("miss", list);
        assertThat(secondsToLive("app:user:" + id)).isBetween(500L, 600L);
        assertThat(secondsToLive("app:user:list:search:" + handle + ":p1:l10")).isBetween(3_000L, 3_600L);
    }

    @Test
    void storedIsWhatIsShownAndNothingElse() {
        String shown = read("miss", USERS + id);
        String stored = String.valueOf(redis.command("GET", "app:user:" + id));
        assertThat(stored.substring(stored.indexOf('\n') + 1)).isEqualTo(shown);
        assertThat(stored).doesNotContainIgnoringCase("password");
    }

    @Test
    void everyParameterMakesAnotherList() {
        for (String one : List.of(list, list + "&page=2", list + "&limit=20", list + "x", list + ":p1")) {
            read("miss", one);
            read("hit", one);
        }
    }

    @Test
    void whatASearcherTypesCannotReachAnotherKey() {
        users.get("/api/v1/users?search={s}", handle + ":p1:l10*{x}")
                .expectStatus()
                .isOk();
        assertThat(keys()).contains("app:user:list:search:" + handle + "%3Ap1%3Al10%2A%7Bx%7D:p1:l10");
    }

    @Test
    void aUserNobodyKnowsIsNotKept() {
        String nobody = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            isProblem(told("miss", users.get(USERS + nobody)), 404, "USER_NOT_FOUND");
        }
        assertThat(keys()).doesNotContain("app:user:" + nobody);
    }

    @Test
    void aChangeIsSeenByTheNextReadOfUserAndList() {
        warm();
        users.put(USERS + id, body(handle).replace("Ana Putri", "Budi"))
                .expectStatus()
                .isOk();
        seenEverywhere("\"name\":\"Budi\"");
    }

    @Test
    void aLinkAddedOrRemovedIsSeenByTheNextReadOfUserAndList() {
        warm();
        String link = users.id(users.post(USERS + id + "/links", LINK));
        seenEverywhere(link);
        users.delete(USERS + id + "/links/" + link).expectStatus().isOk();
        seenEverywhere("\"links\":[]");
    }

    @Test
    void aSocialProfileAddedOrRemovedIsSeenByTheNextReadOfUserAndList() {
        warm();
        String social = users.id(users.post(USERS + id + "/socials", SOCIAL));
        seenEverywhere(social);
        users.delete(USERS + id + "/socials/" + social).expectStatus().isOk();
        seenEverywhere("\"socials\":[]");
    }

    @Test
    void aNewUserIsInTheNextListAndDropsNobodyElse() {
        warm();
        users.registered(handle.substring(0, 20) + "-new");
        String both = "/api/v1/users?search=" + handle.substring(0, 20);
        assertThat(read("miss", both)).contains("\"total\":2");
        read("miss", list);
        read("hit", USERS + id);
    }

    @Test
    void aRemovedUserIsInNoReadAnyMore() {
        warm();
        users.delete(USERS + id).expectStatus().isOk();
        isProblem(users.get(USERS + id), 404, "USER_NOT_FOUND");
        assertThat(read("miss", list)).contains("\"total\":0");
    }

    @Test
    void aWriteThatIsRefusedDropsNothing() {
        warm();
        isProblem(users.nobody().put(USERS + id, body(freshHandle())), 401, "NOT_LOGGED_IN");
        isProblem(users.post("/api/v1/auth/register", account(handle)), 409, "HANDLE_TAKEN");
        isProblem(users.delete(USERS + id + "/links/" + UUID.randomUUID()), 404, "LINK_NOT_FOUND");
        read("hit", USERS + id);
        read("hit", list);
    }

    @Test
    void aCommitWhoseAnswerGotLostStillDropsTheCopies() {
        warm();
        UserWrites writes = new UserWrites(new LostAnswer(), cache, fences);
        assertThatThrownBy(() -> writes.change(
                        UUID.fromString(id),
                        () -> jdbc.sql("update users set name = 'Budi' where id = ?")
                                .param(UUID.fromString(id))
                                .update()))
                .isInstanceOf(TransactionSystemException.class);
        seenEverywhere("\"name\":\"Budi\"");
    }

    @Test
    void whoeverChangedTheDatabaseByHandCanDropEverything() {
        warm();
        jdbc.sql("update users set name = 'Budi' where id = ?")
                .param(UUID.fromString(id))
                .update();
        read("hit", USERS + id);
        assertThat(cache.invalidateAll()).isGreaterThanOrEqualTo(2);
        seenEverywhere("\"name\":\"Budi\"");
    }

    private void warm() {
        read("miss", USERS + id);
        read("miss", list);
        read("hit", USERS + id);
        read("hit", list);
    }

    private void seenEverywhere(String text) {
        assertThat(read("miss", USERS + id)).contains(text);
        assertThat(read("miss", list)).contains(text);
    }

    private String read(String status, String path) {
        return told(status, users.get(path))
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseBody();
    }

    private static RestTestClient.ResponseSpec told(String status, RestTestClient.ResponseSpec answer) {
        answer.expectHeader().valueEquals("X-Lumbung-Cache", status);
        return answer;
    }

    private List<String> keys() {
        return ((List<?>) redis.command("KEYS", "*"))
                .stream().map(String::valueOf).toList();
    }

    private long secondsToLive(String key) {
        return Long.parseLong(String.valueOf(redis.command("TTL", key)));
    }

    /** Commits everything at once and then fails to say so. */
    private static final class LostAnswer extends AbstractPlatformTransactionManager {

        private static final long serialVersionUID = 1L;

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            throw new TransactionSystemException("no answer to the commit");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }
}

package io.lumbung.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The least that must work wherever the service runs: it starts, writes, and reads past and from the cache. */
@RunningService
class ServiceSmokeIT {

    @Autowired
    private RestTestClient http;

    @Test
    void startsCreatesAUserAndReadsItFirstFromPostgresAndThenFromRedis() {
        Users users = new Users(http);
        String user = "/api/v1/users/" + users.registered(Users.freshHandle());

        String first = read(users, user, "miss");
        assertThat(read(users, user, "hit")).isEqualTo(first).contains("Ana Putri");
        users.get("/actuator/health").expectStatus().isOk();
    }

    private static String read(Users users, String path, String from) {
        return users.get(path)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("X-Lumbung-Cache", from)
                .returnResult(String.class)
                .getResponseBody();
    }
}

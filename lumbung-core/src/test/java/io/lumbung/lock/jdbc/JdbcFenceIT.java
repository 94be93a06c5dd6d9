package io.lumbung.lock.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.lumbung.error.LeaseLostException;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database lets in whoever has the newest fence, and nobody who comes with an older one. */
@Timeout(120)
class JdbcFenceIT {
    private static final JdbcFence FENCE = JdbcFence.in("lumbung_fence");

    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.start();
        try (Connection connection = open(true);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE lumbung_fence (lock_name varchar(1024) PRIMARY KEY, fence bigint NOT NULL,"
                    + " owner varchar(64) NOT NULL)");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static Connection open(boolean autoCommit) throws SQLException {
        Connection connection = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        connection.setAutoCommit(autoCommit);
        return connection;
    }

    private static Lease lease(String lock, long fence, String owner) {
        return (Lease) Proxy.newProxyInstance(
                Lease.class.getClassLoader(),
                new Class<?>[] {Lease.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "lock" -> Key.parse(lock);
                    case "fence" -> fence;
                    case "owner" -> owner;
                    case "remaining" -> Duration.ofSeconds(20);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static void admitted(Lease lease) throws SQLException {
        try (Connection connection = open(false)) {
            FENCE.admit(connection, lease);
            connection.commit();
        }
    }

    private static void refused(Lease lease) throws SQLException {
        try (Connection connection = open(false)) {
            assertThatExceptionOfType(LeaseLostException.class)
                    .isThrownBy(() -> FENCE.admit(connection, lease))
                    .withMessageContaining("fence " + lease.fence() + " of lock");
        }
    }

    @Test
    void whoHasTheNewestFenceIsLetIn() throws SQLException {
        admitted(lease("a", 10, "one"));
        admitted(lease("a", 10, "one"));
        admitted(lease("a", 12, "two"));
        refused(lease("a", 10, "one"));
        refused(lease("a", 11, "three"));
        admitted(lease("a", 12, "two"));
        admitted(lease("b", 1, "one"));
    }

    @Test
    void ofTwoWithTheSameFenceTheFirstIsLetIn() throws SQLException {
        admitted(lease("same", 10, "one"));
        refused(lease("same", 10, "two"));
        admitted(lease("same", 10, "one"));
    }

    @Test
    void whoRolledBackWasNotThere() throws SQLException {
        admitted(lease("back", 10, "one"));
        try (Connection connection = open(false)) {
            FENCE.admit(connection, lease("back", 12, "two"));
            connection.rollback();
        }
        admitted(lease("back", 11, "three"));
    }

    @Test
    void oneOfManyFirstComersMakesTheRowAndTheNewestRemains() throws Exception {
        CyclicBarrier together = new CyclicBarrier(8);
        List<FutureTask<Boolean>> all = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            Lease lease = lease("first", i, "owner" + i);
            Callable<Boolean> work = () -> {
                together.await();
                try {
                    admitted(lease);
                    return true;
                } catch (LeaseLostException e) {
                    return false;
                }
            };
            FutureTask<Boolean> task = new FutureTask<>(work);
            new Thread(task, "fence-" + i).start();
            all.add(task);
        }
        int letIn = 0;
        for (FutureTask<Boolean> one : all) {
            letIn += one.get() ? 1 : 0;
        }
        assertThat(letIn).isPositive();
        assertThat(all.get(7).get()).as("the newest").isTrue();
        refused(lease("first", 7, "owner7"));
    }

    @Test
    void theFirstComersThatCannotSeeEachOtherAreToldToTryAgain() throws Exception {
        try (Connection one = open(false);
                Connection two = open(false)) {
            two.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = two.createStatement()) {
                statement.execute("SELECT count(*) FROM lumbung_fence");
            }
            FENCE.admit(one, lease("unseen", 1, "one"));
            one.commit();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> FENCE.admit(two, lease("unseen", 2, "two")))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("40001"));
        }
    }

    @Test
    void aFenceWithoutATransactionIsRefused() throws SQLException {
        try (Connection connection = open(true)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> FENCE.admit(connection, lease("auto", 1, "one")))
                    .withMessageContaining("setAutoCommit(false)");
        }
    }

    @Test
    void aTableIsAName() {
        for (String wrong : List.of("", "a b", "a;drop", "a.b.c", "1a", "\"a\"")) {
            assertThatIllegalArgumentException().isThrownBy(() -> JdbcFence.in(wrong));
        }
        assertThat(JdbcFence.in("app.lumbung_fence")).isNotNull();
    }
}

package io.lumbung.service.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.Lumbung;
import io.lumbung.error.LeaseLostException;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.lock.jdbc.JdbcFence;
import io.lumbung.service.RunningService;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@RunningService
class FencesIT {

    private static final Duration LONG = Duration.ofMinutes(1);

    @Autowired
    private Lumbung lumbung;

    @Autowired
    private DataSource database;

    @Autowired
    private Fences fences;

    private TransactionTemplate transaction;
    private Locks locks;
    private String name;

    @BeforeEach
    void prepare(@Autowired PlatformTransactionManager transactions) {
        transaction = new TransactionTemplate(transactions);
        locks = lumbung.locks();
        name = "fences:" + UUID.randomUUID();
    }

    @Test
    void whoComesWithAnOlderLeaseIsNotLetIn() {
        Lease older = locks.tryAcquire(name, LONG).orElseThrow();
        transaction.executeWithoutResult(status -> fences.admit(older));
        older.release();
        try (Lease newer = locks.tryAcquire(name, LONG).orElseThrow()) {
            transaction.executeWithoutResult(status -> fences.admit(newer));
            assertThatThrownBy(() -> transaction.executeWithoutResult(status -> fences.admit(older)))
                    .isInstanceOf(LeaseLostException.class);
            transaction.executeWithoutResult(status -> fences.admit(newer));
        }
    }

    @Test
    void withoutATransactionThereIsNothingToProtect() {
        try (Lease lease = locks.tryAcquire(name, LONG).orElseThrow()) {
            assertThatThrownBy(() -> fences.admit(lease))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
    }

    /** Whoever sleeps in the middle of a transaction must not hang all who come after them. */
    @Test
    void aTransactionThatWasLetInAndDoesNotEndIsWaitedForAsLongAsForAnyStatement() throws Exception {
        JdbcTemplate impatient = new JdbcTemplate(database);
        impatient.setQueryTimeout(1);
        Lease asleep = locks.tryAcquire(name, LONG).orElseThrow();
        transaction.executeWithoutResult(status -> fences.admit(asleep));
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            JdbcFence.in("lumbung_fence").admit(connection, asleep);
            assertThat(locks.forceRelease(asleep.lock())).isTrue();
            try (Lease newer = locks.tryAcquire(name, LONG).orElseThrow()) {
                assertThatThrownBy(() -> transaction.executeWithoutResult(status -> new Fences(impatient).admit(newer)))
                        .isInstanceOf(CannotAcquireLockException.class);
                connection.rollback();
                transaction.executeWithoutResult(status -> fences.admit(newer));
            }
        }
    }
}

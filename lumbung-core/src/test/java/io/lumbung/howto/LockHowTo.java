package io.lumbung.howto;

import io.lumbung.Lumbung;
import io.lumbung.key.Key;
import io.lumbung.lock.Candidate;
import io.lumbung.lock.DistributedLock;
import io.lumbung.lock.FencedValue;
import io.lumbung.lock.LeaderElection;
import io.lumbung.lock.Lease;
import io.lumbung.lock.ReadWriteLock;
import io.lumbung.lock.Retries;
import io.lumbung.lock.Semaphore;
import io.lumbung.lock.jdbc.JdbcFence;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** The snippets of docs/how-to/locks.md, so that they compile. */
final class LockHowTo {
    private static final String SHIP = "UPDATE orders SET shipped = true WHERE id = ?";

    record Prices(String list) {}

    interface Orders {
        void ship(String id, Lease lease);

        String find(String id);
    }

    interface Feed {
        void start(long fence);

        void stop();

        Prices read();
    }

    @SuppressWarnings("unused")
    String snippets(Lumbung lumbung, Orders orders, String id) throws InterruptedException {
        DistributedLock lock = lumbung.locks().lock(Key.of("order", id));

        lock.run(Duration.ofSeconds(10), Duration.ofSeconds(2), lease -> {
            lease.keepRenewed();
            orders.ship(id, lease);
        });

        Optional<Lease> taken = lock.tryAcquire(Duration.ofSeconds(10));
        if (taken.isEmpty()) {
            return "somebody else is at it";
        }
        try (Lease lease = taken.get()) {
            orders.ship(id, lease);
        }
        return "done";
    }

    @SuppressWarnings("unused")
    void forms(Lumbung lumbung, DistributedLock lock, Orders orders, Feed feed, String id, Duration ttl)
            throws InterruptedException {
        Optional<Lease> soon = lock.acquire(ttl, new Retries(3, Duration.ofMillis(200)));

        ReadWriteLock prices = lumbung.locks().readWriteLock("prices");
        Prices list = prices.read().call(ttl, Duration.ofSeconds(2), lease -> feed.read());

        Semaphore exports = lumbung.locks().semaphore("exports", 4);
        exports.run(ttl, Duration.ofMinutes(1), lease -> orders.find(id));

        boolean doneHere = lumbung.locks()
                .lock("report:daily")
                .runOnce(Duration.ofMinutes(5), Duration.ofSeconds(30), lease -> orders.ship("daily", lease));
    }

    @SuppressWarnings("unused")
    void leader(Lumbung lumbung, Feed feed) {
        LeaderElection election = lumbung.locks().leaderElection("feed", Duration.ofSeconds(10), new Candidate() {
            @Override
            public void elected(Lease lease) {
                feed.start(lease.fence());
            }

            @Override
            public void deposed() {
                feed.stop();
            }
        });
    }

    @SuppressWarnings("unused")
    void loss(Lease lease, Feed feed) {
        lease.keepRenewed().onLost(lost -> feed.stop());
        lease.requireHeld();
    }

    static final class Shipping {
        private static final JdbcFence FENCE = JdbcFence.in("lumbung_fence");

        @SuppressWarnings("unused")
        void ship(DataSource database, Lease lease, String id) throws SQLException {
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                FENCE.admit(connection, lease);
                try (PreparedStatement update = connection.prepareStatement(SHIP)) {
                    update.setString(1, id);
                    update.executeUpdate();
                }
                connection.commit();
            }
        }
    }

    @SuppressWarnings("unused")
    void value(Lumbung lumbung, Lease lease, Prices read) {
        FencedValue<Prices> current = lumbung.locks().fencedValue("prices", Prices.class);
        current.set(lease, read);
    }
}

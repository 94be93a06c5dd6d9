package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.lock.jdbc.JdbcFence;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A resource in PostgreSQL that locks protect. It keeps what it accepted, in the order in which it did. */
final class LockRegister implements AutoCloseable {
    private final String url;
    private final boolean guarded;
    private final JdbcFence fence = JdbcFence.in("lumbung_fence");
    private @Nullable Connection connection;

    /**
     * The way of one thread to the resource.
     *
     * @param guarded whether it looks at the fence
     */
    LockRegister(String url, boolean guarded) {
        this.url = url;
        this.guarded = guarded;
    }

    /** Where all registers are: a server that ends with what is returned. */
    static EmbeddedPostgres start() throws IOException, SQLException {
        EmbeddedPostgres server = EmbeddedPostgres.start();
        try (Connection connection = DriverManager.getConnection(url(server));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE lumbung_fence (lock_name varchar(1024) PRIMARY KEY,"
                    + " fence bigint NOT NULL, owner varchar(64) NOT NULL)");
            // Numbered by whoever has the row of the fence locked: the order in which writes were let in.
            statement.execute("CREATE TABLE written (number bigserial PRIMARY KEY, lock_name varchar(1024) NOT NULL,"
                    + " fence bigint NOT NULL, owner varchar(64) NOT NULL)");
        }
        return server;
    }

    static String url(EmbeddedPostgres server) {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** What was accepted from holders of {@code lock}. */
    static List<LockHistory.Accepted> accepted(String url, String lock) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement select = connection.prepareStatement(
                        "SELECT fence, owner FROM written WHERE lock_name = ? ORDER BY number")) {
            select.setString(1, lock);
            List<LockHistory.Accepted> all = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    all.add(new LockHistory.Accepted(rows.getLong(1), rows.getString(2)));
                }
            }
            return all;
        }
    }

    /** Forgets everything. */
    static void clear(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE lumbung_fence, written");
        }
    }

    /** @throws LeaseLostException if it was refused */
    void write(Lease lease) throws SQLException {
        Connection open = open();
        boolean done = false;
        try {
            if (guarded) {
                fence.admit(open, lease);
            }
            try (PreparedStatement insert =
                    open.prepareStatement("INSERT INTO written (lock_name, fence, owner) VALUES (?, ?, ?)")) {
                insert.setString(1, lease.lock().text());
                insert.setLong(2, lease.fence());
                insert.setString(3, lease.owner());
                insert.executeUpdate();
            }
            open.commit();
            done = true;
        } finally {
            if (!done) {
                open.rollback();
            }
        }
    }

    private Connection open() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = DriverManager.getConnection(url);
            open.setAutoCommit(false);
            connection = open;
        }
        return open;
    }

    @Override
    public void close() throws SQLException {
        if (connection != null) {
            connection.close();
        }
    }
}

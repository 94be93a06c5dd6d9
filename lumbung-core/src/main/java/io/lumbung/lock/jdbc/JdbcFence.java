package io.lumbung.lock.jdbc;

import io.lumbung.error.LeaseLostException;
import io.lumbung.lock.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.regex.Pattern;

/**
 * Lets a database refuse what comes from a lease that is not the newest: the fence of each lock, kept beside the data it
 * protects and checked in the same transaction.
 *
 * <p>The table has one row for each lock; rows are made when they are first needed and never removed:
 *
 * <pre>{@code
 * CREATE TABLE lumbung_fence (
 *     lock_name varchar(1024) PRIMARY KEY,
 *     fence     bigint        NOT NULL,
 *     owner     varchar(64)   NOT NULL
 * )
 * }</pre>
 *
 * <p>Of leases of plain locks and of writers only: readers and permits do not exclude each other. One table serves one application,
 * whose locks have different names.
 *
 * <p>Written for any database with savepoints, {@code READ COMMITTED} or stricter, that locks a row it updates; run on
 * PostgreSQL. Immutable, thread-safe.
 */
public final class JdbcFence {
    private static final Pattern TABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?");

    private final String table;

    private JdbcFence(String table) {
        this.table = table;
    }

    /**
     * Fences in {@code table}.
     *
     * @param table letters, digits and {@code _}, with a schema before a dot if need be
     */
    public static JdbcFence in(String table) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException(
                    "'" + table + "' cannot be the table of fences: letters, digits and '_' only");
        }
        return new JdbcFence(table);
    }

    /**
     * Lets the transaction of {@code connection} go on, if nobody with a newer lease was let in before. The row stays locked
     * until the transaction ends, so who comes with another lease waits for it, at most for as long as its own lease lasts (and
     * at least a second: drivers count in those). Call it first in the transaction. One statement, four the first time a lock is
     * seen.
     *
     * @param connection inside a transaction
     * @throws LeaseLostException if somebody with a newer lease was here: roll back, and stop the work
     * @throws IllegalStateException if the connection commits by itself
     * @throws SQLException also if somebody who was let in did not end before our lease did; roll back
     */
    public void admit(Connection connection, Lease lease) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "a fence protects the transaction it is checked in: setAutoCommit(false) first");
        }
        String name = lease.lock().text();
        if (advance(connection, name, lease) || begin(connection, name, lease) || advance(connection, name, lease)) {
            return;
        }
        String newer = seen(connection, name);
        if (newer.isEmpty()) {
            throw new SQLException(
                    "lock " + name + " got its first fence meanwhile, which this transaction cannot see: try it again",
                    "40001");
        }
        throw new LeaseLostException("fence " + lease.fence() + " of lock " + name + " is not the newest: " + newer
                + " was let in before. Roll back and stop the work");
    }

    private boolean advance(Connection connection, String name, Lease lease) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + table
                + " SET fence = ?, owner = ? WHERE lock_name = ? AND (fence < ? OR (fence = ? AND owner = ?))")) {
            bound(update, lease);
            update.setLong(1, lease.fence());
            update.setString(2, lease.owner());
            update.setString(3, name);
            update.setLong(4, lease.fence());
            update.setLong(5, lease.fence());
            update.setString(6, lease.owner());
            return update.executeUpdate() == 1;
        }
    }

    /** The first row of a lock; false if there is one. A failed insert would end the transaction on some databases. */
    private boolean begin(Connection connection, String name, Lease lease) throws SQLException {
        if (!seen(connection, name).isEmpty()) {
            return false;
        }
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + table + " (lock_name, fence, owner) VALUES (?, ?, ?)")) {
            bound(insert, lease);
            insert.setString(1, name);
            insert.setLong(2, lease.fence());
            insert.setString(3, lease.owner());
            insert.executeUpdate();
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            connection.rollback(before);
            if (e.getSQLState() != null && e.getSQLState().startsWith("23")) {
                return false;
            }
            throw e;
        }
    }

    private static void bound(PreparedStatement statement, Lease lease) throws SQLException {
        statement.setQueryTimeout((int) Math.max(1, lease.remaining().toSeconds()));
    }

    private String seen(Connection connection, String name) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT fence, owner FROM " + table + " WHERE lock_name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) + " of " + row.getString(2) : "";
            }
        }
    }
}

package io.lumbung.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The read a hit saves: one row by its primary key. */
final class PostgresContender implements Contender {

    private final HikariDataSource pool;

    PostgresContender(DataSource server) throws SQLException {
        var config = new HikariConfig();
        config.setDataSource(server);
        config.setMaximumPoolSize(10);
        pool = new HikariDataSource(config);
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table if not exists profile (id uuid primary key, body text not null)");
        }
    }

    @Override
    public void warm(String key, String value) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.prepareStatement(
                        "insert into profile (id, body) values (?, ?) on conflict (id) do update set body = excluded.body")) {
            statement.setObject(1, UUID.fromString(key));
            statement.setString(2, value);
            statement.executeUpdate();
        }
    }

    @Override
    public @Nullable String read(String key) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.prepareStatement("select body from profile where id = ?")) {
            statement.setObject(1, UUID.fromString(key));
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}

package io.lumbung.service.database;

import java.io.IOException;

/** A PostgreSQL that belongs to a test, for services that are told where theirs is. */
public final class OwnPostgres implements AutoCloseable {

    private final EmbeddedDatabase database = EmbeddedDatabase.start();

    /** What {@code DATABASE_URL} takes. */
    public String url() {
        return database.connection().getJdbcUrl().replace("jdbc:postgresql://", "postgres://postgres@");
    }

    public int port() {
        return database.port();
    }

    /** Ends the server; idempotent. */
    @Override
    public void close() throws IOException {
        database.close();
    }
}

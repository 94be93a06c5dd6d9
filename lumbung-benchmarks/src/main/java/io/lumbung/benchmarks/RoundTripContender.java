package io.lumbung.benchmarks;

import java.net.URI;

/** Asks the server for nothing and refuses: what a refusal costs at least if the server is asked. */
final class RoundTripContender implements LimitContender {

    private final SharedConnection connection;

    RoundTripContender(URI redis) {
        connection = new SharedConnection(redis);
    }

    @Override
    public boolean admits(String subject) throws Exception {
        return !SharedConnection.await(connection.commands().ping()).equals("PONG");
    }

    @Override
    public void close() {
        connection.close();
    }
}

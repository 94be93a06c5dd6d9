package io.lumbung;

import io.lumbung.embedded.RedisServer;

/** How Redis goes away, and comes back with its data. */
public enum Outage {
    KILLED {
        @Override
        public void begin(RedisServer server) {
            server.kill();
        }

        @Override
        public void end(RedisServer server) {
            server.restart(RedisServer.Data.KEEP);
        }
    },
    PAUSED {
        @Override
        public void begin(RedisServer server) {
            server.pause();
        }

        @Override
        public void end(RedisServer server) {
            server.resume();
        }
    };

    public abstract void begin(RedisServer server);

    public abstract void end(RedisServer server);
}

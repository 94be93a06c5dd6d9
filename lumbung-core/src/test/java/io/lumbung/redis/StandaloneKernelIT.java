package io.lumbung.redis;

import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.key.StoreKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class StandaloneKernelIT implements OutcomeContract, KernelContract {
    private static RedisServer server;
    private static FaultProxy proxy;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        proxy = FaultProxy.inFrontOf(server);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @Override
    public Rig rig() {
        return new Rig() {
            @Override
            public RedisConfig config() {
                return RigConfig.at(proxy.url());
            }

            @Override
            public FaultProxy proxy() {
                return proxy;
            }

            @Override
            public StoreKey key() {
                return Rig.freshKey();
            }

            @Override
            public Object direct(String... words) {
                return server.command(words);
            }
        };
    }
}

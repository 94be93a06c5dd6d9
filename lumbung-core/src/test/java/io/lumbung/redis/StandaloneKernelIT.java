package io.lumbung.redis;

import io.lumbung.Servers;
import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.key.StoreKey;

class StandaloneKernelIT implements OutcomeContract, KernelContract {

    @Override
    public Rig rig() {
        return new Rig() {
            @Override
            public RedisConfig config() {
                return RigConfig.at(proxy().url());
            }

            @Override
            public FaultProxy proxy() {
                return Servers.standaloneProxy();
            }

            @Override
            public StoreKey key() {
                return Rig.freshKey();
            }

            @Override
            public Object direct(String... words) {
                return Servers.standalone().command(words);
            }
        };
    }
}

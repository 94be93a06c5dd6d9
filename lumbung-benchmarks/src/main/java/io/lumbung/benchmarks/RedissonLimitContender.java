package io.lumbung.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's limiters: one for each limit, asked at once; not all or nothing. */
final class RedissonLimitContender implements LimitContender {

    private final RedissonClient client;
    private final Quota quota;
    private final List<String> prefixes;

    RedissonLimitContender(URI redis, String name, Quota quota) {
        this.quota = quota;
        prefixes = IntStream.range(0, quota.limits())
                .mapToObj(i -> "app:ratelimit:" + name + ":" + (i == 0 ? "" : i + ":"))
                .toList();
        client = connect(redis);
    }

    /** For what Redisson does in scripts: they are sent by their digest, over a few busy connections. */
    static RedissonClient connect(URI redis) {
        var config = new Config();
        config.setUseScriptCache(true);
        config.useSingleServer()
                .setAddress(redis.toString())
                .setConnectionPoolSize(4)
                .setConnectionMinimumIdleSize(4);
        return Redisson.create(config);
    }

    @Override
    public void prepare(String subject) {
        List<Duration> windows = quota.windows();
        for (int i = 0; i < windows.size(); i++) {
            limiter(i, subject).trySetRate(RateType.OVERALL, quota.permits(), windows.get(i));
        }
    }

    @Override
    public boolean admits(String subject) {
        if (prefixes.size() == 1) {
            return limiter(0, subject).tryAcquire();
        }
        List<CompletionStage<Boolean>> sent = IntStream.range(0, prefixes.size())
                .<CompletionStage<Boolean>>mapToObj(i -> limiter(i, subject).tryAcquireAsync())
                .toList();
        boolean all = true;
        for (CompletionStage<Boolean> reply : sent) {
            all &= reply.toCompletableFuture().join();
        }
        return all;
    }

    private RRateLimiter limiter(int limit, String subject) {
        return client.getRateLimiter(prefixes.get(limit) + subject);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

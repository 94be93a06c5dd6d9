package io.lumbung.redis;

import io.lumbung.codec.Codec;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observer;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a feature stands on. It borrows all of it: whoever made the kernel closes what is in it.
 *
 * @param cache the plane whose keys may be evicted
 * @param state the plane whose keys must not be; may be the same server
 * @param keys builds every key
 * @param codec for values
 * @param observer told what happens
 * @param timer for short tasks that never block: wake-ups, renewals
 * @param worker for tasks that may block: replays, background refreshes
 * @param prompt for short calls to Redis that must not stand behind those: renewals
 */
public record Kernel(
        Redis cache,
        Redis state,
        KeySpace keys,
        Codec codec,
        Observer observer,
        ScheduledExecutorService timer,
        Executor worker,
        Executor prompt) {}

package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.ForwardingRedis;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Redis whose every call is one step of a schedule: it is executed before anybody else goes on. Some calls are
 * lost on their way, on their way back, or come late.
 */
final class SteppedRedis extends ForwardingRedis {
    private final Redis real;
    private final Steps steps;
    private final int faultsInThousand;
    private final List<Runnable> late = new ArrayList<>();
    private boolean faultless;

    SteppedRedis(Redis real, Steps steps, int faultsInThousand) {
        super(real);
        this.real = real;
        this.steps = steps;
        this.faultsInThousand = faultsInThousand;
    }

    /** From now on nothing is lost; what is late comes at last, or half of it later still. */
    void heal() {
        faultless = true;
        late.removeIf(call -> {
            boolean now = steps.random().nextBoolean();
            if (now) {
                call.run();
            }
            return now;
        });
    }

    void deliverTheRest() {
        late.forEach(Runnable::run);
        late.clear();
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        steps.gate(command.toString());
        if (!late.isEmpty() && steps.random().nextInt(8) == 0) {
            late.remove(steps.random().nextInt(late.size())).run();
        }
        if (!faultless && Steps.isActor() && steps.random().nextInt(1000) < faultsInThousand) {
            return fail(command);
        }
        try {
            T reply = real.call(command, CacheBench.soon());
            return () -> reply;
        } catch (StoreException e) {
            return () -> {
                throw e;
            };
        }
    }

    private <T> Pending<T> fail(Command<T> command) {
        String what = command.toString();
        switch (steps.random().nextInt(3)) {
            case 0 -> {
                return () -> {
                    throw new StoreUnavailableException(what, "", "not sent, says the schedule", null);
                };
            }
            case 1 -> real.call(command, CacheBench.soon());
            // What a put promises does not hold for one that the server executes after its caller gave up.
            default -> {
                if (!what.startsWith("cache.put")) {
                    late.add(() -> real.call(command, CacheBench.soon()));
                }
            }
        }
        return () -> {
            throw new StoreTimeoutException(what, "", "no reply, says the schedule", null);
        };
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener, Deadline deadline) {
        return new Subscription() {
            @Override
            public boolean isUp() {
                return false;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public void onRecovery(Runnable task) {}
}

package io.lumbung.ratelimit;

import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Command;
import io.lumbung.redis.Lane;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The calls of one limiter. None is repeated when its reply is lost, except those that only set or read. Immutable. */
final class LimitCommands {
    private static final Script<Answer> TAKE = Script.load(LimitCommands.class, "take.lua", Answer::read);
    private static final Script<Long> REFUND = Script.load(LimitCommands.class, "refund.lua", Reply::number);
    private static final Script<Long> RESET = Script.load(LimitCommands.class, "reset.lua", Reply::number);
    private static final Script<Long> OVERRIDE = Script.load(LimitCommands.class, "override.lua", Reply::number);
    private static final byte[] TAKING = bytes("T");
    private static final byte[] PEEKING = bytes("P");

    private final KeySpace keys;
    private final String name;
    private final String prefix;
    private final List<RateLimit> limits;
    private final boolean usesCalendar;
    private final Object @Nullable [] constant;

    LimitCommands(KeySpace keys, LimiterSettings settings) {
        this.keys = keys;
        this.name = settings.name();
        this.prefix = settings.bareKeys() ? "" : settings.name();
        this.limits = settings.limits();
        this.usesCalendar = limits.stream().anyMatch(RateLimit.CalendarQuota.class::isInstance);
        this.constant = usesCalendar ? null : numbers(0).toArray();
    }

    /** Whether calls name a period, so that the server's time must be known. */
    boolean usesCalendar() {
        return usesCalendar;
    }

    /** The subject's first key: what stands for the subject. */
    StoreKey first(Key subject) {
        return keys.rateLimit(prefix, subject);
    }

    /** @param now what the server's clock is believed to say, in µs */
    Command<Answer> take(StoreKey first, long cost, long now) {
        return asking("ratelimit.take", first, cost, now, TAKING);
    }

    /** @param now what the server's clock is believed to say, in µs */
    Command<Answer> peek(StoreKey first, long cost, long now) {
        return asking("ratelimit.peek", first, cost, now, PEEKING).repeatable();
    }

    private Command<Answer> asking(String operation, StoreKey first, long cost, long now, byte[] mode) {
        Object[] numbers = constant != null ? constant : numbers(now).toArray();
        Object[] args = new Object[numbers.length + 2];
        args[0] = cost;
        args[1] = mode;
        System.arraycopy(numbers, 0, args, 2, numbers.length);
        List<StoreKey> all = counters(first, 1);
        all.add(keys.rateLimitOverride(first));
        return TAKE.on(operation, all, args).via(Lane.CONTROL);
    }

    Command<Long> refund(Key subject, long permits, List<Receipt.Taken> taken) {
        List<Object> args = new ArrayList<>(3 + 3 * taken.size());
        args.add(permits);
        args.add(keys.rateLimitChannel());
        args.add(LimitedSubject.of(name, subject).message());
        StoreKey first = first(subject);
        List<StoreKey> all = new ArrayList<>(taken.size());
        for (int i = 0; i < taken.size(); i++) {
            Receipt.Taken one = taken.get(i);
            all.add(i == 0 ? first : keys.rateLimitFurther(first, one.limit().name()));
            args.add(Kind.of(one.limit()).letter());
            args.add(one.window());
            args.add(one.reset());
        }
        return REFUND.on("ratelimit.refund", all, args.toArray()).via(Lane.CONTROL);
    }

    Command<Long> reset(Key subject) {
        return RESET.on(
                        "ratelimit.reset",
                        counters(first(subject), 0),
                        keys.rateLimitChannel(),
                        LimitedSubject.of(name, subject).message())
                .repeatable()
                .via(Lane.CONTROL);
    }

    /** @param text of the override, or empty for none */
    Command<Long> override(Key subject, String text, Duration time) {
        return OVERRIDE.on(
                        "ratelimit.override",
                        List.of(keys.rateLimitOverride(first(subject))),
                        text,
                        time.toMillis(),
                        keys.rateLimitChannel(),
                        LimitedSubject.of(name, subject).message())
                .repeatable()
                .via(Lane.CONTROL);
    }

    Command<Optional<String>> overrideOf(Key subject) {
        return Command.on(
                        "ratelimit.override",
                        "GET",
                        keys.rateLimitOverride(first(subject)),
                        reply -> reply.isNull() ? Optional.<String>empty() : Optional.of(reply.text()))
                .repeatable()
                .via(Lane.CONTROL);
    }

    private List<StoreKey> counters(StoreKey first, int more) {
        List<StoreKey> all = new ArrayList<>(limits.size() + more);
        all.add(first);
        for (int i = 1; i < limits.size(); i++) {
            all.add(keys.rateLimitFurther(first, limits.get(i).name()));
        }
        return all;
    }

    private List<Object> numbers(long now) {
        List<Object> all = new ArrayList<>(4 * limits.size());
        for (RateLimit limit : limits) {
            all.add(bytes(Kind.of(limit).letter()));
            all.add(bytes(limit.permits()));
            if (limit instanceof RateLimit.CalendarQuota quota) {
                ZonedDateTime start = quota.period()
                        .start(Instant.EPOCH.plus(now, ChronoUnit.MICROS).atZone(quota.zone()));
                ZonedDateTime end = quota.period().next(start);
                all.add(bytes(micros(start)));
                all.add(bytes(micros(end)));
                all.add(bytes(micros(quota.period().next(end))));
            } else {
                all.add(bytes(LimitChecks.micros(limit.window())));
                if (limit instanceof RateLimit.Smooth) {
                    all.add(bytes(limit.capacity()));
                }
            }
        }
        return all;
    }

    private static long micros(ZonedDateTime moment) {
        return moment.toEpochSecond() * 1_000_000;
    }

    private static byte[] bytes(Object text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}

package io.lumbung.ratelimit;

import static java.math.BigInteger.valueOf;

import java.math.BigInteger;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * What one limit should do, in the simplest words: whether permits fit at a moment. How many are left, how long to wait
 * and when it is whole again are not calculated but searched for, by asking that one question. Times are in µs.
 */
abstract sealed class Reference {
    static final long SECOND = 1_000_000;
    private static final long EVER = 1L << 61;

    /** The numbers that hold. */
    RateLimit limit;

    /** In ms; the state is gone when the clock's millisecond is past it. */
    private long expiry = Long.MAX_VALUE;

    /** False: nothing is ever forgotten, to show that forgetting makes no difference. */
    private final boolean forgets;

    private Reference(RateLimit limit, boolean forgets) {
        this.limit = limit;
        this.forgets = forgets;
    }

    static Reference of(RateLimit limit, boolean forgets) {
        return switch (Kind.of(limit)) {
            case SLIDING_LOG -> new Log(limit, forgets);
            case SLIDING_COUNTER -> new Counter(limit, forgets);
            case SMOOTH -> new Smooth(limit, forgets);
            case QUOTA -> new Quota(limit, forgets);
        };
    }

    abstract Reference copy();

    /** Whether {@code cost} more fit, nothing having happened until {@code now}. */
    abstract boolean fits(long now, long cost);

    /** Says what is known in the terms of the limit and the clock that hold now; whether that is another state. */
    abstract boolean settle(long now);

    abstract void add(long now, long cost);

    /** When what is added now, or what was settled now, will not matter any more. */
    abstract long matters(long now);

    /** Whether anything was given back. */
    abstract boolean giveBack(long now, Taken taken, long cost);

    abstract void clear();

    boolean forgets() {
        return forgets;
    }

    void expire(long now) {
        if (forgets && now / 1000 > expiry) {
            reset();
        }
    }

    void reset() {
        clear();
        expiry = Long.MAX_VALUE;
    }

    void expires(long now, long moment) {
        expiry = now / 1000 + (moment - now + 999) / 1000;
    }

    Reference sameExpiry(Reference other) {
        expiry = other.expiry;
        return this;
    }

    Standing standing(long now) {
        Reference settled = copy();
        settled.settle(now);
        long left = last(0, limit.capacity(), cost -> settled.fits(now, cost));
        return new Standing(Math.max(0, left), first(now, later -> settled.fits(later, limit.capacity())));
    }

    long wait(long now, long cost) {
        Reference settled = copy();
        settled.settle(now);
        return first(now, later -> settled.fits(later, cost)) - now;
    }

    /** What taking answered, to be given back. */
    Taken take(long now, long cost) {
        settle(now);
        add(now, cost);
        expires(now, matters(now));
        return new Taken(Kind.of(limit), width(), whole(now));
    }

    /** What a refused taking does; whether that is anything. */
    boolean refuse(long now) {
        boolean settled = settle(now);
        if (settled) {
            expires(now, matters(now));
        }
        return settled;
    }

    private long whole(long now) {
        return first(now, later -> fits(later, limit.capacity()));
    }

    long width() {
        return LimitChecks.micros(limit.window());
    }

    record Standing(long left, long reset) {}

    record Taken(Kind kind, long width, long reset) {}

    // The last number for which it holds, given that it stops holding once; -1 if it never does.
    private static long last(long from, long to, LongPredicate holds) {
        long low = from - 1;
        long high = to;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (holds.test(middle)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    // The first moment at which it holds, given that it then goes on holding.
    static long first(long now, LongPredicate holds) {
        if (holds.test(now)) {
            return now;
        }
        long step = 1;
        while (!holds.test(now + step)) {
            step *= 2;
            if (step > EVER) {
                throw new AssertionError("never");
            }
        }
        return last(now, now + step, later -> !holds.test(later)) + 1;
    }

    /** Every single permit ever given, by its moment. */
    static final class Log extends Reference {
        private List<Long> given = new ArrayList<>();

        Log(RateLimit limit, boolean forgets) {
            super(limit, forgets);
        }

        @Override
        Reference copy() {
            Log copy = new Log(limit, forgets());
            copy.given = new ArrayList<>(given);
            return copy.sameExpiry(this);
        }

        private boolean ahead(long now) {
            return !given.isEmpty() && newest() > now + SECOND;
        }

        private long newest() {
            return given.get(given.size() - 1);
        }

        private long moment(long now) {
            return given.isEmpty() || ahead(now) ? now : Math.max(now, newest());
        }

        @Override
        boolean fits(long now, long cost) {
            if (ahead(now)) {
                return cost <= limit.permits();
            }
            long edge = moment(now) - width();
            long within = given.stream().filter(moment -> moment > edge).count();
            return within + cost <= limit.permits();
        }

        @Override
        boolean settle(long now) {
            boolean ahead = ahead(now);
            if (ahead) {
                reset();
            }
            return ahead;
        }

        @Override
        void add(long now, long cost) {
            long moment = moment(now);
            if (forgets()) {
                given.removeIf(other -> other <= moment - width());
            }
            for (long i = 0; i < cost; i++) {
                given.add(moment);
            }
        }

        @Override
        long matters(long now) {
            return moment(now) + width();
        }

        @Override
        boolean giveBack(long now, Taken taken, long cost) {
            long moment = taken.reset() - taken.width();
            boolean any = false;
            for (long i = 0; i < cost; i++) {
                any |= given.remove((Long) moment);
            }
            return any;
        }

        @Override
        void clear() {
            given.clear();
        }
    }

    /** How many were given in each window of the clock. */
    static final class Counter extends Reference {
        private NavigableMap<Long, Long> given = new TreeMap<>();
        private long counting;

        Counter(RateLimit limit, boolean forgets) {
            super(limit, forgets);
            counting = width();
        }

        @Override
        Reference copy() {
            Counter copy = new Counter(limit, forgets());
            copy.given = new TreeMap<>(given);
            copy.counting = counting;
            return copy.sameExpiry(this);
        }

        private boolean ahead(long now) {
            return !given.isEmpty() && given.lastKey() > now + SECOND;
        }

        private long moment(long now) {
            return given.isEmpty() || ahead(now) ? now : Math.max(now, given.lastKey());
        }

        /** What counts at {@code moment}, times the window. */
        private BigInteger weight(long moment) {
            long start = moment - moment % counting;
            BigInteger now = valueOf(given.getOrDefault(start, 0L)).multiply(valueOf(counting));
            long share = start + counting - moment;
            return now.add(valueOf(given.getOrDefault(start - counting, 0L)).multiply(valueOf(share)));
        }

        @Override
        boolean fits(long now, long cost) {
            BigInteger weight = ahead(now) ? BigInteger.ZERO : weight(moment(now));
            BigInteger window = valueOf(counting);
            return weight.add(valueOf(cost).multiply(window))
                            .compareTo(valueOf(limit.permits()).multiply(window))
                    <= 0;
        }

        @Override
        boolean settle(long now) {
            boolean ahead = ahead(now);
            if (ahead) {
                reset();
            }
            if (counting <= width()) {
                return ahead;
            }
            recount(now);
            return true;
        }

        /** What counts by the old window was used just now. */
        private void recount(long now) {
            long moment = moment(now);
            BigInteger[] used = weight(moment).divideAndRemainder(valueOf(counting));
            long count = used[0].longValueExact() + used[1].signum();
            reset();
            counting = width();
            given.put(moment - moment % counting, count);
        }

        @Override
        void add(long now, long cost) {
            if (counting != width()) {
                recount(now);
            }
            long moment = moment(now);
            long start = moment - moment % counting;
            given.merge(start, cost, Long::sum);
            if (forgets()) {
                given.headMap(start - counting).clear();
            }
        }

        @Override
        long matters(long now) {
            long moment = moment(now);
            return moment - moment % counting + 2 * counting;
        }

        @Override
        boolean giveBack(long now, Taken taken, long cost) {
            long start = taken.reset() - 2 * taken.width();
            if (taken.width() != counting || given.isEmpty() || start < given.lastKey() - counting) {
                return false;
            }
            long had = given.getOrDefault(start, 0L);
            given.computeIfPresent(start, (same, count) -> Math.max(0, count - cost));
            return had > 0;
        }

        @Override
        void clear() {
            given.clear();
        }
    }

    /** A bucket that leaks one µs each µs; a permit is a splash of some µs. */
    static final class Smooth extends Reference {
        private long level;
        private long asOf;

        Smooth(RateLimit limit, boolean forgets) {
            super(limit, forgets);
        }

        @Override
        Reference copy() {
            Smooth copy = new Smooth(limit, forgets());
            copy.level = level;
            copy.asOf = asOf;
            return copy.sameExpiry(this);
        }

        private long level(long now) {
            return level == 0 ? 0 : Math.max(0, level - (now - asOf));
        }

        private void level(long now, long level) {
            this.level = level;
            this.asOf = now;
        }

        private long size() {
            return width() * limit.capacity();
        }

        @Override
        long width() {
            long micros = super.width();
            return micros / limit.permits() + (micros % limit.permits() == 0 ? 0 : 1);
        }

        @Override
        boolean fits(long now, long cost) {
            return level(now) + width() * cost <= size();
        }

        @Override
        boolean settle(long now) {
            boolean over = level(now) > size();
            if (over) {
                level(now, size());
            }
            return over;
        }

        @Override
        void add(long now, long cost) {
            level(now, level(now) + width() * cost);
        }

        @Override
        long matters(long now) {
            return now + level(now);
        }

        @Override
        boolean giveBack(long now, Taken taken, long cost) {
            long debt = Math.min(taken.width() * cost, taken.reset() - now);
            if (debt <= 0 || level(now) == 0) {
                return false;
            }
            level(now, Math.max(0, level(now) - debt));
            expires(now, matters(now));
            return true;
        }

        @Override
        void clear() {
            level = 0;
        }
    }

    /** How many were given in the period that its name on the calendar tells. */
    static final class Quota extends Reference {
        private long end;
        private long count;

        Quota(RateLimit limit, boolean forgets) {
            super(limit, forgets);
        }

        @Override
        Reference copy() {
            Quota copy = new Quota(limit, forgets());
            copy.end = end;
            copy.count = count;
            return copy.sameExpiry(this);
        }

        @Override
        boolean fits(long now, long cost) {
            return (now < end ? count : 0) + cost <= limit.permits();
        }

        @Override
        boolean settle(long now) {
            boolean cut = end > end(now);
            if (cut) {
                end = end(now);
            }
            return cut;
        }

        @Override
        void add(long now, long cost) {
            count = (now < end ? count : 0) + cost;
            end = end(now);
        }

        @Override
        long matters(long now) {
            return end;
        }

        @Override
        boolean giveBack(long now, Taken taken, long cost) {
            if (taken.reset() != end || count == 0) {
                return false;
            }
            count = Math.max(0, count - cost);
            return true;
        }

        @Override
        void clear() {
            count = 0;
            end = 0;
        }

        // Over the end of a period, too, the clock stands still when it steps back.
        private long end(long now) {
            RateLimit.CalendarQuota quota = (RateLimit.CalendarQuota) limit;
            long period = end(quota, now);
            return period - now <= SECOND && end == end(quota, period) ? end : period;
        }

        static long end(RateLimit.CalendarQuota quota, long now) {
            String name = name(quota, now);
            // Periods end on whole seconds.
            return first(
                            now / SECOND,
                            second ->
                                    !name(quota, Math.max(now, second * SECOND)).equals(name))
                    * SECOND;
        }

        private static String name(RateLimit.CalendarQuota quota, long now) {
            ZonedDateTime day = Instant.ofEpochSecond(now / SECOND).atZone(quota.zone());
            return switch (quota.period()) {
                case HOUR -> day.toLocalDate() + " " + day.getHour() + day.getOffset();
                case DAY -> day.toLocalDate().toString();
                case WEEK -> day.get(IsoFields.WEEK_BASED_YEAR) + " " + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
                case MONTH -> day.getYear() + " " + day.getMonth();
                case YEAR -> String.valueOf(day.getYear());
            };
        }
    }
}

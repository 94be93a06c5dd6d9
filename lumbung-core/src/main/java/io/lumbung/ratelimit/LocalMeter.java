package io.lumbung.ratelimit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What one subject took from this process's share of every limit. Guarded by itself; in nanoseconds. */
final class LocalMeter {
    private final List<RateLimit> limits;
    private final List<Deque<Long>> logs;
    private final long[] arrivals;

    LocalMeter(List<RateLimit> limits) {
        this.limits = limits;
        this.logs =
                limits.stream().<Deque<Long>>map(limit -> new ArrayDeque<>()).toList();
        this.arrivals = new long[limits.size()];
    }

    /** Takes from all limits or from none; how long to wait, 0 if taken. */
    synchronized long take(long cost, long instances, long now, boolean taking) {
        long longest = 0;
        for (int i = 0; cost > 0 && i < limits.size(); i++) {
            longest = Math.max(longest, wait(i, costOf(i, cost, instances), instances, now));
        }
        if (longest == 0 && taking) {
            for (int i = 0; i < limits.size(); i++) {
                record(i, costOf(i, cost, instances), instances, now);
            }
        }
        return longest;
    }

    /** Gives the newest permits back. Only this process counts them, and what is given back is given back soon. */
    synchronized void giveBack(long permits, long instances, long now) {
        for (int i = 0; i < limits.size(); i++) {
            long back = costOf(i, permits, instances);
            if (limits.get(i) instanceof RateLimit.SlidingLog) {
                for (long k = 0; k < back; k++) {
                    logs.get(i).pollLast();
                }
            } else if (arrivals[i] != 0) {
                arrivals[i] = now + Math.max(0, debt(i, now) - every(limits.get(i), instances) * back);
            }
        }
    }

    private long wait(int i, long cost, long instances, long now) {
        RateLimit limit = limits.get(i);
        long share = share(limit, instances);
        long window = limit.window().toNanos();
        if (limit instanceof RateLimit.SlidingLog) {
            Deque<Long> log = logs.get(i);
            while (!log.isEmpty() && now - log.peekFirst() >= window) {
                log.pollFirst();
            }
            long over = log.size() + cost - share;
            if (over <= 0) {
                return 0;
            }
            long last = log.stream().skip(over - 1).findFirst().orElseThrow();
            return window - (now - last);
        }
        long every = every(limit, instances);
        return Math.max(0, debt(i, now) + every * cost - every * share);
    }

    private void record(int i, long cost, long instances, long now) {
        RateLimit limit = limits.get(i);
        if (limit instanceof RateLimit.SlidingLog) {
            for (long k = 0; k < cost; k++) {
                logs.get(i).addLast(now);
            }
        } else {
            arrivals[i] = now + debt(i, now) + every(limit, instances) * cost;
        }
    }

    // 0 marks a meter nobody used: a monotonic clock may be anything, but is this very nanosecond at most once.
    private long debt(int i, long now) {
        return arrivals[i] == 0 ? 0 : Math.max(0, arrivals[i] - now);
    }

    private long costOf(int i, long cost, long instances) {
        return Math.min(cost, share(limits.get(i), instances));
    }

    private static long share(RateLimit limit, long instances) {
        return Math.max(1, limit.capacity() / instances);
    }

    /** The time of one permit: longer, the more share the limit. */
    private static long every(RateLimit limit, long instances) {
        return Math.max(1, limit.window().toNanos() / Math.max(1, limit.permits() / instances));
    }
}

package io.lumbung.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Those who wait for a lock and the last fence, in plain Java. Times are in ms, moments in µs. */
class QueueReference {
    private final List<Waiter> queue = new ArrayList<>();
    private long queueEnds;
    private @Nullable Long last;
    private long lastEnds;
    private @Nullable String mark;

    /** What was published by the last call. */
    final List<String> woken = new ArrayList<>();

    private static final class Waiter {
        private final String owner;
        private long ends;

        Waiter(String owner) {
            this.owner = owner;
        }
    }

    /** What goes by itself goes. */
    void begin(long micros) {
        woken.clear();
        long now = micros / 1000;
        if (now > queueEnds) {
            queue.clear();
        }
        if (last != null && now > lastEnds) {
            forgetFence();
        }
    }

    void forgetFence() {
        last = null;
        mark = null;
    }

    boolean isWaitedFor() {
        return !queue.isEmpty();
    }

    boolean mayBeWaitedFor() {
        return last == null || mark != null;
    }

    /** Who is next, as far as a release knows. */
    @Nullable
    String mark() {
        return mark;
    }

    boolean isFenceKnown() {
        return last != null;
    }

    long previous() {
        return last == null ? 0 : last;
    }

    /** When the fence goes, -2 if there is none. */
    long fenceEnds() {
        return last == null ? -2 : lastEnds;
    }

    /** A lock nobody waits for: its hour begins anew once in 1 000 s. */
    void again(long fence) {
        long ends = lastEnds;
        boolean goesOn = last != null && last / 1_000_000_000 == fence / 1_000_000_000;
        keep(fence, null);
        if (goesOn) {
            lastEnds = ends;
        }
    }

    /** When the queue goes, -2 if nobody waits. */
    long queueEnds() {
        return queue.isEmpty() ? -2 : queueEnds;
    }

    void keep(long fence) {
        keep(fence, queue.isEmpty() ? null : queue.get(0).owner);
    }

    void keep(long fence, @Nullable String next) {
        if (last != null && last == fence && Objects.equals(mark, next)) {
            return;
        }
        last = fence;
        lastEnds = fence / 1000 + 3_600_000;
        mark = next;
    }

    /** Who is next; null if nobody waits, empty if so many died that it is not known yet. */
    @Nullable
    String head(long now) {
        for (int round = 0; round < 8; round++) {
            if (queue.isEmpty()) {
                return null;
            }
            Waiter first = queue.get(0);
            if (first.ends > now && first.ends <= now + 5000) {
                return first.owner;
            }
            queue.removeIf(waiter -> waiter.ends <= now || waiter.owner.equals(first.owner));
        }
        return "";
    }

    long headEndsIn(String head, long now) {
        return head.isEmpty() ? 1 : queue.get(0).ends - now;
    }

    boolean leave(String owner) {
        return queue.removeIf(waiter -> waiter.owner.equals(owner));
    }

    void await(String owner, long micros, long life) {
        Waiter own = queue.stream()
                .filter(waiter -> waiter.owner.equals(owner))
                .findFirst()
                .orElse(null);
        if (own == null) {
            own = new Waiter(owner);
            queue.add(own);
        }
        own.ends = micros / 1000 + life;
        queueEnds = micros / 1000 + 60_000;
    }

    void wake(long now) {
        String first = head(now);
        if (first != null && !first.isEmpty()) {
            tell(first);
        }
    }

    void tell(String waiter) {
        woken.add("app:lock:" + waiter.substring(0, waiter.indexOf('.')) + ' ' + waiter);
    }

    static boolean same(@Nullable String one, String other) {
        return Objects.equals(one, other);
    }
}

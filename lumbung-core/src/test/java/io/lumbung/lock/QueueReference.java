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
    private boolean marked;

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
        marked = false;
    }

    boolean mayBeWaitedFor() {
        return last == null || marked;
    }

    boolean isMarked() {
        return marked;
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

    /** When the queue goes, -2 if nobody waits. */
    long queueEnds() {
        return queue.isEmpty() ? -2 : queueEnds;
    }

    void keep(long fence, boolean mark) {
        last = fence;
        lastEnds = fence / 1000 + 3_600_000;
        marked = mark;
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

    boolean isEmpty() {
        return queue.isEmpty();
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
            woken.add("app:lock:" + first.substring(0, first.indexOf('.')) + ' ' + first);
        }
    }

    static boolean same(@Nullable String one, String other) {
        return Objects.equals(one, other);
    }
}

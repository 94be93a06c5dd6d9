package io.lumbung.lock;

import org.jspecify.annotations.Nullable;

/** A plain lock in plain Java: what the scripts have to do. */
final class SoleReference extends QueueReference {
    private @Nullable String holder;
    private long fence;
    private long ends;
    private boolean kept;

    @Override
    void begin(long micros) {
        super.begin(micros);
        if (holder != null && ends >= 0 && micros / 1000 > ends) {
            holder = null;
        }
    }

    /** What the key holds; empty if there is none. */
    String text() {
        return holder == null ? "" : fence == 0 ? holder : holder + '|' + fence + (kept ? "|kept" : "");
    }

    /** When the lock ends: -1 never, -2 there is none. */
    long ends() {
        return holder == null ? -2 : ends;
    }

    @Nullable
    String holder() {
        return holder;
    }

    long fence() {
        return fence;
    }

    /** Another program takes it, if it is free. */
    void takenByAnother(String text, long micros, long ttl) {
        if (holder == null) {
            holder = text;
            fence = 0;
            kept = false;
            ends = ttl < 0 ? -1 : micros / 1000 + ttl;
        }
    }

    void deleted() {
        holder = null;
    }

    /** Whether this owner's work is still under it. */
    private boolean isOf(String owner) {
        return same(holder, owner) && fence > 0 && !kept;
    }

    Answer acquire(String owner, long micros, long ttl, long life) {
        long now = micros / 1000;
        if (isOf(owner)) {
            ends = now + ttl;
            return new Answer(fence, 0);
        }
        boolean look = mayBeWaitedFor() || life > 0;
        boolean quick = holder == null && isFenceKnown() && !isMarked() && micros > previous();
        String first = look && !quick ? head(now) : null;
        if (holder == null && (first == null || first.equals(owner))) {
            boolean mark = mayBeWaitedFor();
            holder = owner;
            fence = Math.max(previous() + 1, micros);
            ends = now + ttl;
            kept = false;
            if (first != null) {
                leave(owner);
            }
            keep(fence, mark && !isEmpty());
            return new Answer(fence, 0);
        }
        long headEndsIn = first == null ? 0 : headEndsIn(first, now);
        if (life > 0) {
            await(owner, micros, life);
            if (!isMarked()) {
                keep(
                        Math.max(Math.max(previous(), holder == null || kept ? 0 : fence), isFenceKnown() ? 0 : micros),
                        true);
            }
        }
        if (holder == null) {
            return new Answer(0, headEndsIn);
        }
        return new Answer(0, first != null && !first.equals(owner) ? -1 : ends < 0 ? -1 : Math.max(0, ends - now));
    }

    boolean release(String owner, long micros, long time) {
        long now = micros / 1000;
        boolean mine = isOf(owner);
        boolean free = holder == null;
        if (mine && time == 0) {
            holder = null;
        } else if (mine) {
            ends = now + time;
            kept = true;
        }
        if (mine && time == 0 && !mayBeWaitedFor()) {
            return true;
        }
        if (mayBeWaitedFor()) {
            boolean left = leave(owner);
            if (mine && time == 0 || left && free) {
                wake(now);
            }
        }
        return mine;
    }

    boolean renew(String text, long micros, long ttl) {
        if (text().equals(text) && !text.isEmpty()) {
            ends = micros / 1000 + ttl;
            return true;
        }
        return false;
    }
}

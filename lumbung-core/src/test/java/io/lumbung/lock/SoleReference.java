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
        return holder == null ? "" : (fence == 0 ? holder : holder + '|' + fence) + (kept ? "|kept" : "");
    }

    /** What the key holds while its owner works. */
    String claim() {
        return holder == null ? "" : fence == 0 ? holder : holder + '|' + fence;
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

    /** The fence, 0 if it is held, -1 if that is not for the short script to decide. */
    long take(String owner, long micros, long ttl) {
        if (isFenceKnown() ? mark() != null || micros <= previous() : isWaitedFor()) {
            return -1;
        }
        if (holder == null) {
            granted(owner, micros, micros, ttl);
            again(micros);
            return micros;
        }
        if (!isOf(owner)) {
            return 0;
        }
        ends = micros / 1000 + ttl;
        return fence;
    }

    private void granted(String owner, long newFence, long micros, long ttl) {
        holder = owner;
        fence = newFence;
        ends = micros / 1000 + ttl;
        kept = false;
    }

    Answer acquire(String owner, long micros, long ttl, long life) {
        long now = micros / 1000;
        if (isOf(owner)) {
            ends = now + ttl;
            return new Answer(fence, 0);
        }
        String first = head(now);
        if (holder == null && (first == null || first.equals(owner))) {
            granted(owner, Math.max(previous() + 1, micros), micros, ttl);
            leave(owner);
            keep(fence);
            return new Answer(fence, 0);
        }
        long headEndsIn = first == null ? 0 : headEndsIn(first, now);
        if (life > 0) {
            await(owner, micros, life);
        }
        keep(Math.max(Math.max(previous(), holder == null || kept ? 0 : fence), isFenceKnown() ? 0 : micros));
        if (holder == null) {
            return new Answer(0, headEndsIn);
        }
        return new Answer(0, first != null && !first.equals(owner) ? -1 : ends < 0 ? -1 : Math.max(0, ends - now));
    }

    boolean release(String text, long micros, long time) {
        if (text.isEmpty() || !text().equals(text)) {
            return false;
        }
        if (time > 0) {
            ends = micros / 1000 + time;
            kept = true;
            return true;
        }
        holder = null;
        String next = mark();
        if (next != null) {
            tell(next);
        }
        return true;
    }

    boolean withdraw(String owner, long micros) {
        boolean mine = isOf(owner);
        boolean free = holder == null;
        if (mine) {
            holder = null;
        }
        boolean left = leave(owner);
        if (mine || left) {
            String first = head(micros / 1000);
            if (first != null && !first.isEmpty() && (mine || free)) {
                tell(first);
            }
        }
        if (isFenceKnown()) {
            keep(previous());
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

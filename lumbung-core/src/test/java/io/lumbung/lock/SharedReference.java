package io.lumbung.lock;

import java.util.LinkedHashMap;
import java.util.Map;

/** Permits, or a read/write lock, in plain Java. */
final class SharedReference extends QueueReference {
    private final Map<String, Share> holders = new LinkedHashMap<>();
    private long keyEnds;

    private static final class Share {
        private final char kind;
        private final int count;
        private long ends;

        Share(char kind, int count, long ends) {
            this.kind = kind;
            this.count = count;
            this.ends = ends;
        }
    }

    @Override
    void begin(long micros) {
        super.begin(micros);
        if (micros / 1000 > keyEnds) {
            holders.clear();
        }
    }

    private static String share(char kind, String owner) {
        return kind + "|" + owner;
    }

    Answer enter(String owner, long micros, long ttl, long life, char kind, int count, int most) {
        long now = micros / 1000;
        holders.values().removeIf(share -> share.ends <= now);
        boolean look = mayBeWaitedFor() || life > 0;
        String first = look ? head(now) : null;
        Share mine = holders.get(share(kind, owner));
        boolean fits = holders.values().stream().noneMatch(share -> share.kind == 'w')
                && holders.values().stream().mapToInt(share -> share.count).sum() + count <= most;
        if (mine != null || (first == null || first.equals(owner)) && fits) {
            long fence = Math.max(previous() + 1, micros);
            holders.put(share(kind, owner), new Share(kind, count, now + ttl));
            end();
            if (same(first, owner)) {
                leave(owner);
                first = head(now);
            }
            keep(fence);
            if (kind != 'w' && first != null) {
                wake(now);
            }
            return new Answer(fence, 0);
        }
        long headEndsIn = first == null ? 0 : headEndsIn(first, now);
        if (life > 0) {
            await(owner, micros, life);
        }
        keep(isFenceKnown() ? previous() : micros);
        if (first != null && !first.equals(owner)) {
            return new Answer(0, headEndsIn);
        }
        return new Answer(
                0,
                holders.values().stream()
                        .mapToLong(share -> share.ends - now)
                        .min()
                        .orElse(-1));
    }

    private void end() {
        keyEnds = holders.values().stream().mapToLong(share -> share.ends).max().orElse(0);
    }

    boolean leave(String owner, long micros, long kept, char kind) {
        long now = micros / 1000;
        Share share = holders.get(share(kind, owner));
        boolean mine = share != null && share.ends > now;
        if (mine && kept > 0) {
            share.ends = now + kept;
        } else {
            holders.remove(share(kind, owner));
        }
        boolean left = leave(owner);
        if (share != null && kept == 0 || left) {
            wake(now);
        }
        if (isFenceKnown()) {
            keep(previous());
        }
        return mine;
    }

    boolean extend(String owner, long micros, long ttl, char kind) {
        long now = micros / 1000;
        Share share = holders.get(share(kind, owner));
        if (share == null || share.ends <= now) {
            return false;
        }
        share.ends = now + ttl;
        end();
        return true;
    }

    /** When the key ends, -2 if there is none. */
    long ends() {
        return holders.isEmpty() ? -2 : keyEnds;
    }
}

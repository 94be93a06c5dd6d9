package io.lumbung.cache;

import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.key.KeyPattern;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidations that Redis did not confirm. They are repeated, when a link is good again and by a timer, until it does;
 * as long as one is kept, this process does not believe Redis about the entries it covers.
 *
 * <p>Repeating is harmless whatever happened to the first try: an invalidation may come twice, and a tag gets a new
 * token each time. More than {@value #MOST} entries collapse to whole caches, which costs hits, not correctness.
 */
final class LostInvalidations implements AutoCloseable {
    static final int MOST = 100_000;

    /** Every read asks each of them. */
    private static final int MOST_PATTERNS = 32;

    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");
    private static final int AT_ONCE = 100;
    private static final long SOON_MILLIS = 250;
    private static final long LATEST_MILLIS = 5000;
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final Kernel kernel;
    private final Commands commands;
    private final Tokens tokens;
    private final Duration deadline;

    // The value tells a later loss of the same thing from the one being repeated.
    private final Map<StoreKey, Kept> entries = new ConcurrentHashMap<>();
    private final Map<StoreKey, Kept> tagTokens = new ConcurrentHashMap<>();
    private final Map<Shape, Kept> shapes = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Kept> everyTag = new AtomicReference<>();
    private final AtomicLong times = new AtomicLong();
    private final AtomicLong tokensConfirmed = new AtomicLong();
    private final AtomicBoolean replaying = new AtomicBoolean();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Object lock = new Object();
    private volatile Deadline quiet = Deadline.in(Duration.ZERO);
    private volatile boolean any;
    private volatile long pause = SOON_MILLIS;
    private volatile Deadline blindTry = Deadline.in(Duration.ZERO);
    private volatile boolean closed;

    LostInvalidations(Kernel kernel, Commands commands, Tokens tokens, Duration deadline) {
        this.kernel = kernel;
        this.commands = commands;
        this.tokens = tokens;
        this.deadline = deadline;
    }

    /** Whose entry it is. The namespace is empty for an untagged cache. */
    record Owner(String cache, String prefix, Optional<StoreKey> namespace) {}

    private record Kept(Owner owner, long time, int repeats) {}

    private record Shape(String prefix, KeyPattern pattern) {
        boolean covers(String entry) {
            return entry.startsWith(prefix) && pattern.matches(entry.substring(prefix.length()));
        }
    }

    boolean isEmpty() {
        return !any;
    }

    int size() {
        return entries.size() + tagTokens.size() + shapes.size() + (everyTag.get() == null ? 0 : 1);
    }

    /** Whether Redis cannot be believed about this entry, whatever it carries. */
    boolean covers(StoreKey entry) {
        return any && (entries.containsKey(entry) || shapes.keySet().stream().anyMatch(s -> s.covers(entry.text())));
    }

    /** Whether Redis cannot be believed about entries that carry this token. */
    boolean coversToken(StoreKey token) {
        return any && isDoubtful(token);
    }

    /**
     * Which tokens Redis cannot be believed about; null for none. To be had before Redis is asked: what is confirmed while the answer travels does not make the answer true.
     */
    @Nullable
    Predicate<StoreKey> doubtfulTokens() {
        if (!any) {
            return null;
        }
        long before = tokensConfirmed.get();
        return token -> isDoubtful(token) || tokensConfirmed.get() != before;
    }

    private boolean isDoubtful(StoreKey token) {
        return tagTokens.containsKey(token) || everyTag.get() != null;
    }

    void keepEntry(Owner owner, StoreKey entry, StoreException seen) {
        keepEntry(owner, entry, 1, seen);
    }

    /**
     * As {@link #keepEntry}, for an entry whose new value may be on its way still: invalidated once more after a first
     * confirmation, because whatever the server had not read by then, it has read before it answered.
     */
    void keepPut(Owner owner, StoreKey entry, StoreException seen) {
        keepEntry(owner, entry, seen.outcome() == Outcome.UNKNOWN ? 2 : 1, seen);
    }

    private void keepEntry(Owner owner, StoreKey entry, int repeats, StoreException seen) {
        note(owner.cache(), entry.text(), seen, () -> {
            entries.merge(
                    entry, kept(owner, repeats), (old, now) -> kept(owner, Math.max(old.repeats(), now.repeats())));
            if (entries.size() > MOST) {
                collapseEntries();
            }
        });
    }

    void keepToken(String cache, StoreKey token, StoreException seen) {
        Owner owner = new Owner(cache, "", Optional.of(token));
        note(cache, token.text(), seen, () -> {
            tagTokens.put(token, kept(owner));
            if (tagTokens.size() > MOST) {
                collapseTags();
            }
        });
    }

    void keepPattern(Owner owner, KeyPattern pattern, StoreException seen) {
        note(owner.cache(), owner.prefix() + pattern, seen, () -> {
            shapes.put(new Shape(owner.prefix(), pattern), kept(owner));
            if (shapes.size() > MOST_PATTERNS) {
                collapseShapes();
            }
        });
    }

    /** Repeats what is kept, each once at least; blocks. Only one at a time, the second returns at once. */
    void replay() {
        if (!any || closed || !replaying.compareAndSet(false, true)) {
            return;
        }
        Round round = new Round();
        try {
            replayEntries(round);
            replayTokens(round);
            replayEveryTag(round);
            replayShapes(round);
            settle();
        } catch (IllegalStateException e) {
            round.failure = e;
        } finally {
            replaying.set(false);
        }
        RuntimeException failure = round.failure;
        if (failure == null) {
            pause = SOON_MILLIS;
        } else {
            log.debug("kept invalidations are still not confirmed: {}", failure.getMessage());
            pause = kernel.cache().available() ? Math.min(LATEST_MILLIS, pause * 2) : pause;
        }
        if (any) {
            schedule();
        }
    }

    /**
     * One time through all that is kept. What fails stands in nobody's way: the next one may live on another node, or be
     * allowed where this one is not. Only when nothing at all is answered the rest can wait.
     */
    private static final class Round {
        private static final int HOPELESS = 200;

        private int unanswered;
        private @Nullable RuntimeException failure;

        boolean goesOn() {
            return unanswered < HOPELESS;
        }

        boolean succeeds(Runnable repeat) {
            try {
                repeat.run();
                unanswered = 0;
                return true;
            } catch (StoreException e) {
                failure = e;
                unanswered = e instanceof StoreRefusedException ? 0 : unanswered + 1;
                return false;
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        replay();
        closed = true;
        if (any) {
            log.error(
                    "closing with {} invalidations that Redis never confirmed: until they expire, those entries may be"
                            + " stale",
                    size());
        }
    }

    private Kept kept(Owner owner) {
        return kept(owner, 1);
    }

    private Kept kept(Owner owner, int repeats) {
        return new Kept(owner, times.incrementAndGet(), repeats);
    }

    private void note(String cache, String what, StoreException seen, Runnable keep) {
        boolean loud;
        synchronized (lock) {
            keep.run();
            loud = !any || quiet.isOver();
            any = true;
            if (loud) {
                quiet = Deadline.in(QUIET);
            }
        }
        Workshop.observe(kernel, cache, CacheEvent.INVALIDATION_KEPT);
        if (loud) {
            log.error(
                    "an invalidation is not confirmed; it and those that follow, {} now, are kept and repeated until"
                            + " they are. This process reads the source for what they cover. {}",
                    size(),
                    seen.getMessage());
        } else {
            log.debug("invalidation kept: {}", what);
        }
        schedule();
    }

    private void settle() {
        synchronized (lock) {
            if (size() > 0) {
                return;
            }
            any = false;
        }
        log.info("all kept invalidations are confirmed");
    }

    private void schedule() {
        if (closed || !scheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            kernel.timer().schedule(this::handOver, pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            scheduled.set(false);
        }
    }

    private void handOver() {
        scheduled.set(false);
        // One node that stays away must not keep the others from being told, so from time to time it is tried anyway.
        if (!kernel.cache().available() && !blindTry.isOver()) {
            schedule();
            return;
        }
        blindTry = Deadline.in(Duration.ofMillis(LATEST_MILLIS));
        try {
            kernel.worker().execute(this::replay);
        } catch (RejectedExecutionException e) {
            schedule();
        }
    }

    private void replayEntries(Round round) {
        List<Map.Entry<StoreKey, Kept>> batch = new ArrayList<>(AT_ONCE);
        for (Map.Entry<StoreKey, Kept> entry : entries.entrySet()) {
            batch.add(Map.entry(entry.getKey(), entry.getValue()));
            if (batch.size() == AT_ONCE) {
                replayEntries(batch, round);
                batch.clear();
            }
        }
        replayEntries(batch, round);
    }

    private void replayEntries(List<Map.Entry<StoreKey, Kept>> batch, Round round) {
        if (!round.goesOn()) {
            return;
        }
        Deadline end = Deadline.in(deadline);
        List<Pending<Long>> answers = new ArrayList<>(batch.size());
        batch.forEach(entry -> answers.add(kernel.cache().send(commands.invalidate(entry.getKey()), end)));
        for (int i = 0; i < batch.size(); i++) {
            if (round.succeeds(answers.get(i)::await)) {
                confirmed(entries, batch.get(i).getKey(), batch.get(i).getValue());
            }
        }
    }

    private void replayTokens(Round round) {
        for (Map.Entry<StoreKey, Kept> entry : tagTokens.entrySet()) {
            Kept kept = entry.getValue();
            if (round.goesOn()
                    && round.succeeds(() -> kernel.cache()
                            .call(commands.replaceToken(entry.getKey(), tokens.next()), Deadline.in(deadline)))) {
                // In this order: whoever no longer finds the token has to see that there was one.
                tokensConfirmed.incrementAndGet();
                confirmed(tagTokens, entry.getKey(), kept);
            }
        }
    }

    private void replayEveryTag(Round round) {
        Kept kept = everyTag.get();
        if (kept != null && round.goesOn() && round.succeeds(this::dropEveryTag)) {
            tokensConfirmed.incrementAndGet();
            everyTag.compareAndSet(kept, null);
            Workshop.observe(kernel, kept.owner().cache(), CacheEvent.INVALIDATION_REPLAYED);
        }
    }

    // An entry whose tag has no token is invalid: without the tokens, everything tagged is.
    private void dropEveryTag() {
        String prefix = kernel.keys().tagPrefix();
        kernel.cache().scan(KeyPattern.all().scanGlob(prefix), deadline, batch -> {
            Deadline end = Deadline.in(deadline);
            List<Pending<Long>> answers = new ArrayList<>(batch.size());
            batch.stream()
                    .filter(stored -> stored.startsWith(prefix))
                    .forEach(stored -> answers.add(
                            kernel.cache().send(commands.dropToken(kernel.keys().storedTag(stored)), end)));
            answers.forEach(Pending::await);
        });
    }

    private void replayShapes(Round round) {
        for (Map.Entry<Shape, Kept> entry : shapes.entrySet()) {
            Kept kept = entry.getValue();
            Shape shape = entry.getKey();
            if (round.goesOn()
                    && round.succeeds(
                            () -> Workshop.walk(kernel, commands, shape.prefix(), shape.pattern(), deadline))) {
                confirmed(shapes, shape, kept);
            }
        }
    }

    private <K> void confirmed(Map<K, Kept> map, K what, Kept kept) {
        if (kept.repeats() > 1) {
            map.replace(what, kept, kept(kept.owner(), kept.repeats() - 1));
            return;
        }
        map.remove(what, kept);
        Workshop.observe(kernel, kept.owner().cache(), CacheEvent.INVALIDATION_REPLAYED);
    }

    // First the larger thing is kept, then the smaller forgotten: a reader asks without the lock.
    private void collapseEntries() {
        Map.copyOf(entries).forEach((entry, kept) -> {
            Owner owner = kept.owner();
            if (owner.namespace().isPresent()) {
                tagTokens.put(owner.namespace().get(), kept(owner));
            } else {
                shapes.put(new Shape(owner.prefix(), KeyPattern.all()), kept(owner));
            }
            entries.remove(entry, kept);
        });
    }

    private void collapseTags() {
        Map.copyOf(tagTokens).forEach((token, kept) -> {
            if (token.text().startsWith(kernel.keys().tagPrefix())) {
                everyTag.set(kept(kept.owner()));
                tagTokens.remove(token, kept);
            }
        });
    }

    private void collapseShapes() {
        Map.copyOf(shapes).forEach((shape, kept) -> {
            Shape whole = new Shape(shape.prefix(), KeyPattern.all());
            if (!shape.equals(whole)) {
                shapes.put(whole, kept(kept.owner()));
                shapes.remove(shape, kept);
            }
        });
    }
}

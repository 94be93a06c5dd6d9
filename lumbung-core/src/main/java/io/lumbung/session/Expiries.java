package io.lumbung.session;

import io.lumbung.error.StoreException;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.SessionEvent;
import io.lumbung.redis.Claim;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of sessions that ran out. The moments of death lie in a sorted set for each bucket. The buckets are sixteen shares;
 * in each period a share is swept by whichever process claims it first, so the work is done once and needs nobody in
 * particular. What is found dead is handed out by a script, to one process for a while, and removed once it was told of.
 * Uses are not noted there: an entry that is due while its session lives is given its new end. Only runs while somebody
 * listens. Thread-safe.
 */
final class Expiries {
    static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger("io.lumbung.session");
    private static final int SHARES = 16;
    private static final int BUCKETS = 1024 / SHARES;
    private static final int AT_ONCE = 100;
    private static final Script<List<String>> DUE =
            Script.load(Expiries.class, "due.lua", reply -> reply.texts().toList());
    private static final Script<List<String>> HAND =
            Script.load(Expiries.class, "hand.lua", reply -> reply.texts().toList());

    private final Kernel kernel;
    private final Duration deadline;
    private final Duration every;
    private final Duration handedFor;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private @Nullable Future<?> sweeping;

    /**
     * @param every how often each share is swept
     * @param handedFor for how long what was handed out is not handed to another process
     */
    Expiries(Kernel kernel, Duration deadline, Duration every, Duration handedFor) {
        this.kernel = kernel;
        this.deadline = deadline;
        this.every = every;
        this.handedFor = handedFor;
    }

    synchronized Subscription tell(Consumer<ExpiredSession> told) {
        Listener listener = new Listener(told);
        listeners.add(listener);
        if (sweeping == null) {
            // Not all processes at the same moment, though they may have been started so.
            long first = ThreadLocalRandom.current().nextLong(every.toMillis() + 1);
            sweeping = kernel.timer().scheduleAtFixedRate(this::begin, first, every.toMillis(), TimeUnit.MILLISECONDS);
        }
        return listener;
    }

    private synchronized void end(Listener listener) {
        listeners.remove(listener);
        if (listeners.isEmpty() && sweeping != null) {
            sweeping.cancel(false);
            sweeping = null;
        }
    }

    private final class Listener implements Subscription {
        private final Consumer<ExpiredSession> told;

        private Listener(Consumer<ExpiredSession> told) {
            this.told = told;
        }

        @Override
        public boolean isUp() {
            return listeners.contains(this) && kernel.state().available();
        }

        @Override
        public void close() {
            end(this);
        }
    }

    private void begin() {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            kernel.worker().execute(this::sweep);
        } catch (RejectedExecutionException e) {
            busy.set(false);
            log.debug("ends of sessions are not looked for: closing");
        }
    }

    private void sweep() {
        try {
            List<Integer> shares =
                    new ArrayList<>(IntStream.range(0, SHARES).boxed().toList());
            Collections.shuffle(shares, ThreadLocalRandom.current());
            for (int share : shares) {
                if (!listeners.isEmpty() && isOurs(share)) {
                    sweep(share);
                }
            }
        } catch (StoreException e) {
            log.debug("ends of sessions are looked for later: {}", e.getMessage());
        } catch (IllegalStateException e) {
            log.debug("ends of sessions are not looked for: closed");
        } finally {
            busy.set(false);
        }
    }

    // Not given back: until it ends by itself, the share has been swept.
    private boolean isOurs(int share) {
        return Claim.tryTake(kernel.state(), kernel.keys().sessionSweep(share), every, soon())
                .isPresent();
    }

    private void sweep(int share) {
        List<String> buckets = IntStream.range(share * BUCKETS, (share + 1) * BUCKETS)
                .mapToObj(KeySpace::sessionBucket)
                .toList();
        while (!buckets.isEmpty() && !listeners.isEmpty()) {
            Deadline end = soon();
            List<Pending<List<String>>> asked = buckets.stream()
                    .map(bucket -> kernel.state().send(due(bucket), end))
                    .toList();
            List<String> more = new ArrayList<>();
            for (int i = 0; i < buckets.size(); i++) {
                List<String> due = asked.get(i).await();
                if (!due.isEmpty()) {
                    tellOf(buckets.get(i), due);
                }
                if (due.size() == AT_ONCE) {
                    more.add(buckets.get(i));
                }
            }
            buckets = more;
        }
    }

    private void tellOf(String bucket, List<String> due) {
        Deadline since = Deadline.in(handedFor);
        List<Pending<Long>> removed = new ArrayList<>();
        // What another program wrote here would stand in the way for ever.
        due.stream()
                .filter(one -> !Entry.isOne(one))
                .forEach(one -> removed.add(kernel.state().send(told(bucket, one), soon())));
        List<String> ours = due.stream().filter(Entry::isOne).toList();
        List<String> handed = ours.isEmpty() ? ours : kernel.state().call(hand(bucket, ours), soon());
        try {
            for (String one : handed) {
                List<Listener> now = List.copyOf(listeners);
                // Nobody is left here, or it took so long that others may have it by now: it is handed out again.
                if (now.isEmpty() || since.isOver()) {
                    return;
                }
                tellOf(Entry.parse(one), now);
                removed.add(kernel.state().send(told(bucket, one), soon()));
            }
        } finally {
            removed.forEach(Pending::await);
        }
    }

    private void tellOf(Entry entry, List<Listener> all) {
        ExpiredSession expired = new ExpiredSession(entry.ref().id(), entry.user(), entry.at());
        log.debug("session {} ran out", expired.id());
        kernel.observer().observe(new Observation.Session(SessionEvent.EXPIRED));
        all.forEach(listener -> tell(listener, expired));
    }

    private static void tell(Listener listener, ExpiredSession expired) {
        try {
            listener.told.accept(expired);
        } catch (Throwable e) { // one that fails with an error must not keep the others from knowing
            log.error("a listener failed on the end of session {}; it is not told again", expired.id(), e);
        }
    }

    private Command<Long> told(String bucket, String entry) {
        return Command.on("session.expired", "ZREM", kernel.keys().sessionDeaths(bucket), Reply::number, entry)
                .repeatable();
    }

    private Command<List<String>> due(String bucket) {
        return DUE.on("session.expired", List.of(kernel.keys().sessionDeaths(bucket)), AT_ONCE)
                .repeatable();
    }

    /** Not repeatable: a copy would find everything handed out already. */
    private Command<List<String>> hand(String bucket, List<String> due) {
        List<StoreKey> keys = new ArrayList<>(1 + due.size());
        keys.add(kernel.keys().sessionDeaths(bucket));
        List<Object> args = new ArrayList<>(1 + due.size());
        args.add(handedFor.toMillis());
        for (String one : due) {
            SessionRef ref = Entry.parse(one).ref();
            keys.add(kernel.keys().session(ref.bucket(), ref.hash()));
            args.add(one);
        }
        return HAND.on("session.expired", keys, args.toArray());
    }

    private Deadline soon() {
        return Deadline.in(deadline);
    }

    /** {@code MEMBER:USER}, or {@code DIED/MEMBER:USER} once it was handed out. */
    private record Entry(SessionRef ref, Optional<String> user, Instant at) {
        private static final int MEMBER = 2 + 1 + 43;
        private static final Pattern FORM =
                Pattern.compile("(\\d{1,18}/)?[a-z2-7]{2}\\.[A-Za-z0-9_-]{43}:.*", Pattern.DOTALL);

        static boolean isOne(String text) {
            return FORM.matcher(text).matches();
        }

        static Entry parse(String text) {
            int from = text.indexOf('/') < 0 || text.indexOf('/') > text.indexOf('.') ? 0 : text.indexOf('/') + 1;
            String user = text.substring(from + MEMBER + 1);
            return new Entry(
                    SessionRef.parse(text.substring(from, from + MEMBER)),
                    user.isEmpty() ? Optional.empty() : Optional.of(user),
                    from == 0 ? Instant.EPOCH : Instant.ofEpochMilli(Long.parseLong(text.substring(0, from - 1))));
        }
    }
}

package io.lumbung.lock;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What happened to one or more locks, as processes tell it, as the servers did it, and as a guarded resource accepted it;
 * and what is wrong with that. All times are by {@link System#nanoTime()}, which processes of one machine share.
 */
final class LockHistory {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** Two clocks are compared that are looked at once a second. */
    private static final long BLURRED = 3 * MILLI / 2;

    /** What must not be. */
    enum Finding {
        /** A guarded resource accepted a write of somebody older than one it had accepted before. */
        STALE_ACCEPTED,
        /** A fence was not greater than that of the lease before. */
        FENCE_NOT_GREATER,
        /** Somebody believed to have a lease that the server never gave. */
        GIVEN_BY_NOBODY,
        /** Two leases of one lock believed to be held at one moment. */
        HELD_BY_TWO,
        /** A lease believed to be held after the server had given the lock to somebody else. */
        HELD_AFTER_THE_NEXT,
        /** It was given to somebody though somebody else was first in the queue. */
        BARGED,
        /** A lease ended, and nobody was told. */
        LOST_UNTOLD,
        /** Something was left in Redis. */
        LEFT_BEHIND,
        /** A process did what it was not told to. */
        ERROR
    }

    /** A write that the database let in. */
    record Accepted(long fence, String owner) {}

    /** A time in which something was wrong, or somebody waited. */
    record Span(long from, long to) {
        boolean meets(long otherFrom, long otherTo) {
            return from < otherTo && otherFrom < to;
        }
    }

    /**
     * One process from start to end.
     *
     * @param lines what it told
     * @param pauses when it slept
     * @param ended until when it is known to have worked
     */
    record Life(List<String> lines, List<Span> pauses, long ended) {}

    private static final class Held {
        final String lock;
        final String owner;
        final long fence;
        final Life life;
        final long from;
        long end;
        long released = Long.MAX_VALUE;
        long lost = Long.MAX_VALUE;
        long lostEnd;

        Held(String[] words, Life life) {
            this.lock = words[3];
            this.owner = words[4];
            this.fence = Long.parseLong(words[5]);
            this.from = Long.parseLong(words[6]);
            this.end = Long.parseLong(words[7]);
            this.life = life;
        }

        /** Until when it believed to be held, at least. */
        long until() {
            return Math.min(Math.min(end, life.ended()), released);
        }

        /** What its process told of it. */
        String told() {
            return life.lines().stream()
                    .filter(line -> (line + ' ').contains(' ' + owner + ' '))
                    .collect(Collectors.joining("\n  ", "\n  ", ""));
        }

        @Override
        public String toString() {
            return lock + " by " + owner + " with " + fence + " from " + from + " to " + until();
        }
    }

    private record Ask(String lock, Life life, long from, long to) {}

    private final Map<Finding, List<String>> findings = new EnumMap<>(Finding.class);
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, Held> leases = new HashMap<>();
    private final List<Ask> asks = new ArrayList<>();
    private final List<Life> lives = new ArrayList<>();

    /** What was found, by kind. */
    Map<Finding, List<String>> findings() {
        return findings;
    }

    /** How often things happened, and how long they took at most, in ms. */
    Map<String, Long> counts() {
        return counts;
    }

    long count(String what) {
        return counts.getOrDefault(what, 0L);
    }

    private void find(Finding finding, String what) {
        findings.computeIfAbsent(finding, key -> new ArrayList<>()).add(what);
    }

    private void count(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    private void most(String what, long nanos) {
        counts.merge(what + ", ms at most", nanos / MILLI, Math::max);
    }

    // What processes tell

    /** Hears one process, as far as it speaks of one of {@code locks}; of all if that is empty. */
    void add(Life life, Collection<String> locks) {
        lives.add(life);
        Map<String, Long> asked = new HashMap<>();
        Map<String, String> askedFor = new HashMap<>();
        for (String line : life.lines()) {
            if (!line.startsWith("! ")) {
                continue;
            }
            String[] words = line.split(" ", -1);
            switch (words[1]) {
                case "A" -> {
                    asked.put(words[2], Long.parseLong(words[4]));
                    askedFor.put(words[2], words[3]);
                }
                case "N" -> {
                    if (locks.isEmpty()) {
                        count("not taken: " + words[4], 1);
                    }
                    waited(asked.remove(words[2]), askedFor.get(words[2]), life, Long.parseLong(words[3]));
                }
                case "G" -> {
                    Held held = new Held(words, life);
                    if (locks.isEmpty() || locks.contains(held.lock)) {
                        leases.put(held.owner, held);
                    }
                    waited(asked.remove(words[2]), held.lock, life, held.from);
                }
                case "ERROR" -> find(Finding.ERROR, line);
                default -> ofLease(words);
            }
        }
        asked.forEach((id, from) -> waited(from, askedFor.get(id), life, life.ended()));
    }

    private void waited(Long from, String lock, Life life, long to) {
        if (from != null) {
            asks.add(new Ask(lock, life, from, to));
        }
    }

    private void ofLease(String[] words) {
        Held held = leases.get(words[2]);
        if (held == null) {
            return;
        }
        switch (words[1]) {
            case "H" -> held.end = Long.parseLong(words[3]);
            case "R" -> held.released = Long.parseLong(words[3]);
            case "L" -> {
                held.lost = Long.parseLong(words[3]);
                held.lostEnd = held.released == Long.MAX_VALUE ? Long.parseLong(words[4]) : held.lost;
            }
            case "W" -> {
                count(words[3] + " writes " + words[5], 1);
                if (words[5].equals("refused") && words[4].equals("careful")) {
                    count(words[3] + " writes refused of holders who had just looked whether they held it", 1);
                }
            }
            default -> {
                // Nothing of interest.
            }
        }
    }

    // What is wrong

    /** What the database accepted in this order from holders of {@code lock}. */
    void judgeAccepted(String lock, List<Accepted> accepted) {
        long fence = 0;
        String owner = "";
        for (Accepted write : accepted) {
            if (write.fence() < fence
                    || (write.fence() == fence && !write.owner().equals(owner))) {
                find(Finding.STALE_ACCEPTED, lock + " accepted " + write + " after " + fence + " of " + owner);
            }
            fence = write.fence();
            owner = write.owner();
        }
    }

    /** All that can be seen without the servers. */
    void judgeLeases() {
        count("leases", leases.size());
        Map<String, List<Held>> byLock = new TreeMap<>();
        leases.values()
                .forEach(held -> byLock.computeIfAbsent(held.lock, lock -> new ArrayList<>())
                        .add(held));
        byLock.values().forEach(this::judgeOverlaps);
        leases.values().forEach(this::judgeLoss);
    }

    private void judgeOverlaps(List<Held> all) {
        all.sort(Comparator.comparingLong(held -> held.from));
        Held last = null;
        for (Held held : all) {
            if (last != null && held.from < Math.min(last.until(), held.until())) {
                find(Finding.HELD_BY_TWO, last + " and " + held);
                most("held by two", Math.min(last.until(), held.until()) - held.from);
            }
            if (last == null || held.until() > last.until()) {
                last = held;
            }
        }
    }

    private void judgeLoss(Held held) {
        if (held.lost != Long.MAX_VALUE) {
            long end = held.lostEnd;
            for (Span pause : held.life.pauses()) {
                if (pause.meets(held.lostEnd, held.lost)) {
                    end = Math.max(end, pause.to());
                }
            }
            count("lost", 1);
            if (held.lost < end) {
                count("lost, told before the lease was over", 1);
            } else {
                most("lost, told after", held.lost - end);
            }
        } else if (held.released == Long.MAX_VALUE && awake(held.life, held.end, held.end + 4 * SECOND)) {
            find(Finding.LOST_UNTOLD, held.toString());
        }
    }

    /** Whether the process was there until {@code to} and slept less than half of the time. */
    private static boolean awake(Life life, long from, long to) {
        long slept = 0;
        for (Span pause : life.pauses()) {
            if (pause.meets(from, to)) {
                slept += pause.to() - pause.from();
            }
        }
        return life.ended() > to && slept < (to - from) / 2;
    }

    /** What happened to one lock, in the order of the server; of several servers, one after the other. */
    void judgeGrants(String lock, List<LockTrace.Step> steps) {
        Set<String> given = new HashSet<>();
        long fence = 0;
        for (LockTrace.Step step : steps) {
            if (step.kind() == LockTrace.Kind.GRANTED) {
                if (step.fence() <= fence) {
                    find(Finding.FENCE_NOT_GREATER, lock + " had fence " + fence + ", then " + step);
                }
                fence = step.fence();
                given.add(step.owner() + '|' + step.fence());
                count("grants", 1);
            } else if (step.kind() == LockTrace.Kind.PLAIN) {
                count("unguarded writes", 1);
                if (step.fence() < fence) {
                    count("unguarded writes of somebody who had lost it: double holds", 1);
                }
            }
        }
        for (Held held : leases.values()) {
            if (held.lock.equals(lock) && !given.contains(held.owner + '|' + held.fence)) {
                find(Finding.GIVEN_BY_NOBODY, held.toString());
            }
        }
    }

    /** Values in Redis, as one server wrote them. */
    void judgeWritten(String lock, LockTrace trace) {
        judgeAccepted(
                lock + " in Redis",
                trace.steps().stream()
                        .filter(step -> step.kind() == LockTrace.Kind.WRITTEN
                                && step.lock().equals(lock))
                        .map(step -> new Accepted(step.fence(), step.owner()))
                        .toList());
    }

    /**
     * One lock on one server that nothing took the place of.
     *
     * @param faults when anything was wrong at all
     * @param away when the server was
     */
    void judgeServer(String lock, LockTrace trace, List<Span> faults, List<Span> away) {
        boolean comparable = trace.drift() < BLURRED / 2;
        if (!comparable) {
            System.out.println("the clock of this machine leapt by " + trace.drift() + " ns: times are not compared");
        }
        Set<String> queue = new LinkedHashSet<>();
        long queued = 0;
        long free = 0;
        Held holder = null;
        List<Ask> waiters = asks.stream().filter(ask -> ask.lock().equals(lock)).toList();
        for (LockTrace.Step step : trace.steps()) {
            if (!step.lock().equals(lock)) {
                continue;
            }
            long now = trace.nanos(step);
            switch (step.kind()) {
                case GRANTED -> {
                    // Nobody has come for a minute: the queue is forgotten.
                    if (now - queued > 60 * SECOND) {
                        queue.clear();
                    }
                    if (!queue.isEmpty() && !queue.iterator().next().equals(step.owner())) {
                        find(Finding.BARGED, step + " passed " + queue);
                    }
                    if (comparable && holder != null && holder.until() > now + BLURRED && holder.from < now) {
                        find(
                                Finding.HELD_AFTER_THE_NEXT,
                                holder + ", " + (holder.until() - now) / 1_000 + " us longer than " + step
                                        + ". Before that: " + since(holder, trace, step) + holder.told());
                    }
                    if (free > 0 && now > free) {
                        measure(free, now, waiters, faults, away);
                    }
                    holder = leases.get(step.owner());
                    free = now + step.millis() * MILLI;
                }
                case LASTS -> free = now + step.millis() * MILLI;
                case FREED -> free = now;
                case QUEUED -> {
                    queue.add(step.owner());
                    queued = now;
                }
                case UNQUEUED -> queue.remove(step.owner());
                default -> {
                    // Judged elsewhere.
                }
            }
        }
    }

    /** What the server did with a lock from the moment it was given to {@code held} until {@code step}. */
    private static String since(Held held, LockTrace trace, LockTrace.Step step) {
        StringBuilder text = new StringBuilder();
        boolean begun = false;
        for (LockTrace.Step one : trace.steps()) {
            begun |= one.owner().equals(held.owner) && one.kind() == LockTrace.Kind.GRANTED;
            if (begun && one.lock().equals(step.lock())) {
                text.append("\n  ").append(trace.nanos(one)).append(' ').append(one);
            }
            if (one == step) {
                break;
            }
        }
        return text.toString();
    }

    /** How long it was free though somebody waited who was awake. */
    private void measure(long free, long given, List<Ask> waiters, List<Span> faults, List<Span> away) {
        if (away.stream().anyMatch(span -> span.meets(free - SECOND, given))) {
            return;
        }
        boolean waited = waiters.stream()
                .anyMatch(ask -> ask.from() < free
                        && ask.to() >= given
                        && ask.life().pauses().stream().noneMatch(pause -> pause.meets(free, given)));
        if (waited) {
            boolean quiet = faults.stream().noneMatch(fault -> fault.meets(free - 2 * SECOND, given));
            count(quiet ? "hand-overs, nothing wrong" : "hand-overs, something wrong", 1);
            most(
                    quiet
                            ? "free though somebody waited, nothing wrong"
                            : "free though somebody waited, something wrong",
                    given - free);
        }
    }

    /** Keys that should not be there any more. */
    void judgeLeft(Collection<String> keys) {
        keys.forEach(key -> find(Finding.LEFT_BEHIND, key));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, number) -> text.append(String.format("%10d %s%n", number, what)));
        findings.forEach((finding, all) -> text.append(String.format(
                "%10d times %s, first: %s%n",
                all.size(), finding, all.get(0).lines().findFirst().orElse(""))));
        return text.toString();
    }
}

package io.lumbung.ratelimit;

import io.lumbung.ratelimit.Reference.Standing;
import io.lumbung.ratelimit.Reference.Taken;
import io.lumbung.redis.OwnClock;
import io.lumbung.redis.OwnClock.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * One random life of a subject: the scripts on a Redis beside the {@link Reference}, by a clock that the scenario moves.
 * What is found is reported, not thrown, and the scripts' own answers are judged too: by what they admitted in any window.
 */
final class LimitScenario {
    /** What happens besides taking, asking and giving back. */
    enum Mode {
        /** Nothing: the reference remembers everything for ever. */
        STEADY,
        /** Limits change, overrides come and go. */
        CHANGING,
        /** The clock steps back, but is never more than 1 s behind the latest moment it showed. */
        STEPPING,
        /** The clock steps back or forward by up to an hour. */
        LEAPING
    }

    /** What is judged. */
    enum Check {
        /** Taken or refused, and by which limit. */
        VERDICT,
        LEFT,
        RESET,
        WAIT,
        /** Admitted after the wait that was told, refused 1 µs earlier. */
        RETRY,
        /** A refused request and a question leave everything as it was. */
        UNCHANGED,
        /** Every key lives until it no longer matters, and less than 1 ms longer. */
        EXPIRY,
        REFUND,
        /** The bound of each limit, from what was admitted. */
        BOUND,
        /** The clock is asked once. */
        CLOCK,
        /** Nobody waits longer than two windows and a second. */
        LOCKED_OUT
    }

    private static final String OVERRIDE = "{s}:override";
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Jakarta",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
            "America/Havana",
            "Africa/Cairo",
            "Asia/Pyongyang",
            "Atlantic/Azores",
            "America/Caracas",
            "Pacific/Chatham");

    private final Random random;
    private final OwnClock redis;
    private final Mode mode;
    private final BiConsumer<Check, String> findings;

    private final List<Reference> limits = new ArrayList<>();
    private final List<RateLimit> declared = new ArrayList<>();
    private final List<Set<Kind>> were = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final List<Granted> granted = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final List<Question> questions = new ArrayList<>();
    private final List<Long> told = new ArrayList<>();

    private long now;
    private long latest;
    private long latestAsked;
    private long elapsed;
    private int leaps;
    private String override = "";
    private long overrideExpiry;
    private int calls;
    private int probes;

    LimitScenario(long seed, OwnClock redis, Mode mode, List<Kind> kinds, BiConsumer<Check, String> findings) {
        this.random = new Random(seed);
        this.redis = redis;
        this.mode = mode;
        this.findings = findings;
        for (int i = 0; i < kinds.size(); i++) {
            RateLimit limit = limit(kinds.get(i)).named("n" + i);
            declared.add(limit);
            limits.add(Reference.of(limit, mode != Mode.STEADY));
            keys.add("{s}:" + i);
            were.add(EnumSet.of(kinds.get(i)));
        }
        now = firstMoment();
        latest = now;
        trace.add("limits " + declared);
    }

    /** What has been taken and can be given back; {@code back} permits of it have been. */
    private static final class Granted {
        private final long cost;
        private final List<Taken> taken;
        private final Event event;
        private long back;

        Granted(long cost, List<Taken> taken, Event event) {
            this.cost = cost;
            this.taken = taken;
            this.event = event;
        }
    }

    /** Something admitted or given back, as Redis said. */
    private static final class Event {
        private final long elapsed;
        private final long moment;
        private final long latestAsked;
        private final int leaps;
        private final long cost;
        private final boolean giving;
        private long kept;
        private boolean happened;
        private List<?> told = List.of();

        Event(LimitScenario scenario, long cost, boolean giving) {
            this.elapsed = scenario.elapsed;
            this.moment = scenario.now;
            this.latestAsked = scenario.latestAsked;
            this.leaps = scenario.leaps;
            this.cost = cost;
            this.kept = giving ? 0 : cost;
            this.giving = giving;
        }
    }

    private record Question(int line, Consumer<Outcome> judge) {}

    /** How many calls of the scripts it was, and how many more about the moments around a wait. */
    record Size(int operations, int probes) {}

    Size run(int steps) {
        redis.clear();
        for (int i = 0; i < steps; i++) {
            operation();
            move();
        }
        for (Question question : questions) {
            Outcome outcome = redis.read();
            question.judge.accept(outcome);
        }
        if (mode != Mode.CHANGING) {
            for (int i = 0; i < limits.size(); i++) {
                judgeBound(i);
            }
        }
        return new Size(calls, probes);
    }

    private void found(Check check, int line, String what) {
        findings.accept(
                check,
                check + ": " + what + "\n  " + String.join("\n  ", trace.subList(0, Math.min(trace.size(), line + 1))));
    }

    // What happens

    private void operation() {
        int dice = random.nextInt(100);
        if (mode == Mode.CHANGING && dice < 4) {
            change();
        } else if (mode == Mode.CHANGING && dice < 8) {
            override();
        } else if (mode == Mode.CHANGING && dice < 9) {
            reset();
        } else if (dice < 20 && !granted.isEmpty()) {
            giveBack();
        } else {
            ask(dice >= 34);
        }
    }

    private void ask(boolean taking) {
        expire(now, limits);
        long cost = cost(taking);
        // Who is a period behind cannot tell that the clock stepped back over the end of the next one.
        boolean stepped = mode == Mode.STEPPING || mode == Mode.LEAPING;
        long behind = stepped || random.nextInt(4) > 0 ? 0 : (long) (random.nextDouble() * 2.2 * longest());
        long believed = now - behind;
        List<String> numbers = numbers(believed);
        List<Object> expected = answer(limits, now, cost, numbers);
        boolean allowed = expected.get(0).equals(1L);
        boolean refused = expected.get(0).equals(0L);
        long at = now;
        int line = say((taking ? "take " : "peek ") + cost + ", expected " + expected);

        boolean settles = false;
        Event event = new Event(this, cost, false);
        if (taking && allowed) {
            List<Taken> taken =
                    limits.stream().map(limit -> limit.take(at, cost)).toList();
            granted.add(new Granted(cost, taken, event));
        } else if (taking && refused) {
            for (Reference limit : limits) {
                settles |= limit.refuse(at);
            }
        }
        boolean changes = taking && allowed || settles;
        List<RateLimit> holding = holding(limits);
        long[] promised = {-1};
        send("take.lua", at, false, asked(), args(cost, taking ? "T" : "P", numbers), line, outcome -> {
            judgeReply(outcome, expected, line);
            if (refused && outcome.number(0) == 0) {
                promised[0] = outcome.number(3);
            }
            if (!outcome.unchanged() && !changes || outcome.writes() > 0 && !changes) {
                found(Check.UNCHANGED, line, outcome.writes() + " writes, " + outcome);
            }
            if (taking && outcome.number(0) == 1) {
                event.happened = true;
                event.told = outcome.reply();
                for (int i = 0; i < holding.size(); i++) {
                    judgeExpiry(outcome.expiries().get(i), outcome.number(5 + 2 * i), line);
                }
            }
            for (int i = 0; i < holding.size(); i++) {
                if (outcome.expiries().get(i) == -1) {
                    found(Check.EXPIRY, line, "limit " + i + " has no expiry");
                }
            }
            if (outcome.number(0) == 0 && mode == Mode.LEAPING) {
                judgeLockedOut(outcome, holding, line);
            }
        });
        if (taking) {
            events.add(event);
        }
        if (refused) {
            told.add((Long) expected.get(3));
            if (taking) {
                probe(cost, (Long) expected.get(3), line, promised);
            }
        } else if (allowed) {
            told.add((Long) expected.get(5) - now);
        }
    }

    /** Asks for the same at the moment that was told, and 1 µs earlier. */
    private void probe(long cost, long wait, int line, long[] promised) {
        List<Boolean> exact = new ArrayList<>();
        for (long pause : new long[] {wait, wait - 1}) {
            probes++;
            long later = now + pause;
            List<Reference> then = limits.stream().map(Reference::copy).toList();
            expire(later, then);
            List<String> numbers = numbers(later);
            List<Object> expected = answer(then, later, cost, numbers);
            long verdict = pause == wait ? 1 : 0;
            // A limit that became longer knows only what the shorter one kept: then it may be admitted earlier.
            boolean strict = mode != Mode.CHANGING || expected.get(0).equals(verdict);
            if (mode != Mode.CHANGING && !expected.get(0).equals(verdict)) {
                throw new AssertionError(
                        "the reference contradicts itself: " + expected + " " + String.join("\n", trace));
            }
            send("take.lua", later, true, asked(), args(cost, "P", numbers), line, outcome -> {
                if (strict && outcome.number(0) != verdict) {
                    found(Check.RETRY, line, "after " + pause + " of " + wait + " µs: " + outcome.reply());
                }
                exact.add(outcome.number(0) == verdict);
                if (exact.equals(List.of(true, true)) && promised[0] != -1 && promised[0] != wait) {
                    found(Check.RETRY, line, "told to wait " + promised[0] + " µs, was admitted after " + wait);
                }
                judgeReply(outcome, expected, line);
                if (outcome.writes() > 0) {
                    found(Check.UNCHANGED, line, "a question writes");
                }
            });
        }
    }

    private void giveBack() {
        Granted one = granted.get(random.nextInt(4) > 0 ? granted.size() - 1 : random.nextInt(granted.size()));
        long left = one.cost - one.back;
        if (left == 0) {
            return;
        }
        expire(now, limits);
        long cost = random.nextBoolean() ? left : 1 + (long) (random.nextDouble() * (left - 1));
        List<String> args = new ArrayList<>(List.of(String.valueOf(cost), "channel", "message"));
        long given = 0;
        boolean comparable = true;
        for (int i = 0; i < limits.size(); i++) {
            Taken taken = one.taken.get(i);
            if (taken.kind() == Kind.SMOOTH) {
                // What is given back first was taken last.
                taken = new Taken(taken.kind(), taken.width(), taken.reset() - one.back * taken.width());
            }
            args.addAll(List.of(taken.kind().letter(), String.valueOf(taken.width()), String.valueOf(taken.reset())));
            Reference limit = limits.get(i);
            if (taken.kind() == Kind.of(limit.limit)) {
                // One that remembers everything gives back what no longer counts.
                comparable &= limit.forgets() || taken.reset() > now;
                given += limit.giveBack(now, taken, cost) ? 1 : 0;
            } else {
                // What a limit of the other kind left may be there until something is taken.
                comparable = false;
            }
        }
        one.back += cost;
        long expected = given;
        boolean judged = comparable;
        Event event = new Event(this, cost, true);
        int line = say("give back " + cost + " of " + one.cost + ", expected " + expected + ", " + args);
        send("refund.lua", now, false, keys, args, line, outcome -> {
            if (judged && outcome.number(0) != expected) {
                found(Check.REFUND, line, "given back in " + outcome.number(0) + " limits, expected " + expected);
            }
            if (outcome.published().size() != (outcome.number(0) > 0 ? 1 : 0)) {
                found(Check.REFUND, line, "published " + outcome.published());
            }
            if (outcome.expiries().contains(-1L)) {
                found(Check.EXPIRY, line, "no expiry " + outcome);
            }
            event.happened = one.event.happened && outcome.number(0) > 0;
            if (event.happened) {
                one.event.kept -= cost;
            }
        });
        events.add(event);
    }

    private void change() {
        int i = random.nextInt(limits.size());
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        if (random.nextInt(8) > 0 || were.get(i).contains(kind)) {
            // What a limit of this kind left long ago may still be there.
            kind = Kind.of(declared.get(i));
        }
        RateLimit changed = limit(kind).named("n" + i);
        if (kind != Kind.of(declared.get(i))) {
            limits.set(i, Reference.of(changed, true));
            were.get(i).add(kind);
        }
        declared.set(i, changed);
        say("limit " + i + " becomes " + changed);
        holding();
    }

    private void override() {
        long millis = 1 + (long) (random.nextDouble() * random.nextDouble() * longest() / 500);
        override = switch (random.nextInt(8)) {
            case 0 -> "B";
            case 1 -> "E";
            case 2 -> "";
            default ->
                String.join(
                        " ",
                        declared.stream()
                                .map(limit -> limit(Kind.of(limit)))
                                .map(limit -> Kind.of(limit).letter() + limit.permits() + ":"
                                        + LimitChecks.micros(limit.window()) + ":" + limit.capacity())
                                .toList());
        };
        overrideExpiry = now / 1000 + millis;
        List<String> args = List.of(override, override.isEmpty() ? "0" : String.valueOf(millis), "channel", "message");
        int line = say("override '" + override + "' for " + millis + " ms");
        send("override.lua", now, false, List.of(OVERRIDE), args, line, outcome -> {});
        holding();
    }

    private void reset() {
        limits.forEach(Reference::reset);
        int line = say("reset");
        send("reset.lua", now, false, keys, List.of("channel", "message"), line, outcome -> {
            if (!outcome.expiries().stream().allMatch(at -> at == -2)) {
                found(Check.REFUND, line, "reset left " + outcome);
            }
        });
    }

    // How time passes

    private void move() {
        long step = switch (random.nextInt(9)) {
            case 0, 1 -> 0;
            case 2 -> 1;
            case 3, 4 -> told.isEmpty() ? 1 : told.get(told.size() - 1) + random.nextInt(3) - 1;
            case 5 -> told.isEmpty() ? 1 : told.get(random.nextInt(told.size())) + random.nextInt(3) - 1;
            case 6 -> (long) (random.nextDouble() * longest() / 8);
            case 7 -> {
                RateLimit limit = declared.get(random.nextInt(declared.size()));
                yield LimitChecks.micros(limit.window()) / limit.permits();
            }
            default -> random.nextInt(6) == 0 ? 2 * longest() : (long) (random.nextDouble() * longest());
        };
        step = Math.max(0, step);
        if (step == 0 && random.nextBoolean() && !told.isEmpty()) {
            told.remove(told.size() - 1);
        }
        now += step;
        elapsed += step;
        latest = Math.max(latest, now);
        if (mode == Mode.STEPPING && random.nextInt(5) == 0) {
            long most = Reference.SECOND - (latest - now);
            long back = random.nextBoolean() ? most : (long) (random.nextDouble() * random.nextDouble() * most);
            now -= back;
            say("the clock steps back by " + back);
        }
        if (mode == Mode.LEAPING && random.nextInt(8) == 0) {
            long leap = 1 + (long) (Math.exp(random.nextDouble() * Math.log(3600 * 1e6)));
            leap = random.nextInt(3) == 0 ? leap : -leap;
            now += leap;
            leaps++;
            say("the clock leaps by " + leap);
        }
    }

    private long longest() {
        return declared.stream()
                .mapToLong(limit -> LimitChecks.micros(limit.window()))
                .max()
                .orElseThrow();
    }

    private void expire(long moment, List<Reference> all) {
        hold(all, overrideAt(moment));
        all.forEach(limit -> limit.expire(moment));
    }

    private String overrideAt(long moment) {
        return moment / 1000 > overrideExpiry ? "" : override;
    }

    private void holding() {
        hold(limits, overrideAt(now));
    }

    private void hold(List<Reference> all, String text) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).limit = declared.get(i);
        }
        if (text.length() > 1) {
            String[] parts = text.split(" ");
            for (int i = 0; i < all.size(); i++) {
                if (parts[i].startsWith(Kind.of(declared.get(i)).letter())) {
                    all.get(i).limit =
                            overridden(declared.get(i), parts[i].substring(1).split(":"));
                }
            }
        }
    }

    private static RateLimit overridden(RateLimit limit, String[] numbers) {
        long permits = Long.parseLong(numbers[0]);
        Duration window = Duration.of(Long.parseLong(numbers[1]), ChronoUnit.MICROS);
        if (limit instanceof RateLimit.CalendarQuota quota) {
            return RateLimit.quota(permits, quota.period(), quota.zone());
        }
        return switch (Kind.of(limit)) {
            case SLIDING_LOG -> RateLimit.slidingLog(permits, window);
            case SLIDING_COUNTER -> RateLimit.slidingCounter(permits, window);
            default -> RateLimit.smooth(permits, window, Long.parseLong(numbers[2]));
        };
    }

    private static List<RateLimit> holding(List<Reference> all) {
        return all.stream().map(limit -> limit.limit).toList();
    }

    // What is expected

    private List<Object> answer(List<Reference> all, long moment, long cost, List<String> numbers) {
        String holds = overrideAt(moment);
        if (holds.equals("E")) {
            return List.of(2L, moment);
        }
        long untilExpiry = (overrideExpiry + 1) * 1000 - moment;
        if (holds.equals("B")) {
            return List.of(3L, moment, 0L, untilExpiry);
        }
        int arg = 0;
        long longest = 0;
        long who = 0;
        List<Object> standings = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Reference limit = all.get(i);
            if (!holds.isEmpty() && cost > limit.limit.capacity()) {
                return List.of(4L, moment, i + 1L, untilExpiry);
            }
            if (limit.limit instanceof RateLimit.CalendarQuota) {
                if (moment < Long.parseLong(numbers.get(arg + 2)) || moment >= Long.parseLong(numbers.get(arg + 4))) {
                    return List.of(5L, moment);
                }
            }
            arg += numbersOf(limit.limit);
            Reference settled = limit.copy();
            settled.settle(moment);
            long wait = cost == 0 || settled.fits(moment, cost) ? 0 : limit.wait(moment, cost);
            if (wait > longest) {
                longest = wait;
                who = i + 1;
            }
        }
        for (Reference limit : all) {
            Standing standing = limit.standing(moment);
            boolean taken = who == 0 && cost > 0;
            standings.add(standing.left() - (taken ? cost : 0));
            standings.add(taken ? limit.copy().take(moment, cost).reset() : standing.reset());
        }
        long told = holds.isEmpty() ? longest : Math.min(longest, untilExpiry);
        List<Object> answer = new ArrayList<>(List.of(who == 0 ? 1L : 0L, moment, who, told));
        answer.addAll(standings);
        if (!holds.isEmpty()) {
            answer.add(holds);
        }
        return answer;
    }

    private static int numbersOf(RateLimit limit) {
        return switch (Kind.of(limit)) {
            case SLIDING_LOG, SLIDING_COUNTER -> 3;
            case SMOOTH -> 4;
            case QUOTA -> 5;
        };
    }

    // What is judged

    private void judgeReply(Outcome outcome, List<Object> expected, int line) {
        if (outcome.timesAsked() != 1) {
            found(Check.CLOCK, line, "asked " + outcome.timesAsked() + " times");
        }
        List<?> reply = outcome.reply();
        if (reply.equals(expected)) {
            return;
        }
        Check check = Check.VERDICT;
        for (int i = 0; i < Math.min(reply.size(), expected.size()); i++) {
            if (!reply.get(i).equals(expected.get(i))) {
                check = switch (i) {
                    case 0, 2 -> Check.VERDICT;
                    case 1 -> Check.CLOCK;
                    case 3 -> Check.WAIT;
                    default -> i % 2 == 0 ? Check.LEFT : Check.RESET;
                };
                break;
            }
        }
        found(check, line, reply + ", expected " + expected);
    }

    private void judgeExpiry(long millis, long reset, int line) {
        if ((millis + 1) * 1000 < reset) {
            found(Check.EXPIRY, line, "gone at " + (millis + 1) * 1000 + ", matters until " + reset);
        }
        if (millis * 1000 >= reset + 1000) {
            found(Check.EXPIRY, line, "kept until " + millis * 1000 + ", matters until " + reset);
        }
    }

    private void judgeLockedOut(Outcome outcome, List<RateLimit> holding, int line) {
        RateLimit limit = holding.get((int) outcome.number(2) - 1);
        long window = LimitChecks.micros(limit.window());
        long most = limit instanceof RateLimit.Smooth smooth
                ? smooth.everyMicros() * smooth.capacity()
                : 2 * window + Reference.SECOND;
        if (outcome.number(3) > most) {
            found(Check.LOCKED_OUT, line, outcome.number(3) + " µs, by " + limit);
        }
    }

    private void judgeBound(int i) {
        RateLimit limit = declared.get(i);
        if (limit instanceof RateLimit.CalendarQuota quota) {
            judgeQuota(quota, i);
            return;
        }
        long window = LimitChecks.micros(limit.window());
        long most = switch (Kind.of(limit)) {
            case SLIDING_LOG -> limit.permits();
            case SLIDING_COUNTER -> 2 * limit.permits() - 1;
            default -> limit.permits() + limit.capacity();
        };
        for (int last = 0; last < events.size(); last++) {
            Event end = events.get(last);
            long kept = 0;
            long net = 0;
            for (int first = last; first >= 0; first--) {
                Event one = events.get(first);
                if (!one.happened) {
                    continue;
                }
                long span = end.elapsed - one.elapsed;
                long bursts = mode == Mode.LEAPING ? 1 + end.leaps - one.leaps : 1;
                kept += one.kept;
                net += one.giving ? -one.cost : one.cost;
                if (limit instanceof RateLimit.Smooth smooth) {
                    // What is given back late was taken before the span, and makes room within it.
                    if (!one.giving
                            && !end.giving
                            && mode != Mode.LEAPING
                            && (net - limit.capacity()) > span / smooth.everyMicros()) {
                        found(Check.BOUND, trace.size(), net + " in " + span + " µs, of " + limit);
                        return;
                    }
                    if (span < window && net > bursts * most) {
                        found(Check.BOUND, trace.size(), net + " in one window, of " + limit);
                        return;
                    }
                } else if (span < window && kept > bursts * most) {
                    found(Check.BOUND, trace.size(), kept + " in " + span + " µs, of " + limit);
                    return;
                }
            }
        }
    }

    private void judgeQuota(RateLimit.CalendarQuota quota, int i) {
        // Where somebody had asked after the end of a period already, the period may open once more.
        Map<Object, Long> kept = new HashMap<>();
        Map<Object, Long> again = new HashMap<>();
        for (Event one : events) {
            if (one.happened && !one.giving) {
                Long end = (Long) one.told.get(5 + 2 * i);
                (one.latestAsked < end ? kept : again).merge(end, one.kept, Long::sum);
                long period = Reference.Quota.end(quota, one.moment);
                boolean stepped = mode != Mode.STEADY
                        && period - one.moment <= Reference.SECOND
                        && end.equals(Reference.Quota.end(quota, period));
                if (!end.equals(period) && !stepped) {
                    found(Check.BOUND, trace.size(), "at " + one.moment + " the period ends at " + end + ", " + quota);
                }
            }
        }
        for (Map<Object, Long> sums : List.of(kept, again)) {
            sums.forEach((end, sum) -> {
                if (sum > quota.permits() * (1 + leaps)) {
                    found(Check.BOUND, trace.size(), sum + " in the period until " + end + ", of " + quota);
                }
            });
        }
    }

    // How it is written

    private int say(String what) {
        trace.add(now + ": " + what);
        return trace.size() - 1;
    }

    private List<String> asked() {
        List<String> all = new ArrayList<>(keys);
        all.add(OVERRIDE);
        return all;
    }

    private void send(
            String file,
            long moment,
            boolean look,
            List<String> all,
            List<String> args,
            int line,
            Consumer<Outcome> judge) {
        calls += look ? 0 : 1;
        latestAsked = look ? latestAsked : Math.max(latestAsked, moment);
        redis.send(file, look, moment, all, args);
        questions.add(new Question(line, judge));
    }

    private static List<String> args(long cost, String what, List<String> numbers) {
        List<String> args = new ArrayList<>(List.of(String.valueOf(cost), what));
        args.addAll(numbers);
        return args;
    }

    private List<String> numbers(long believed) {
        List<String> all = new ArrayList<>();
        for (RateLimit limit : declared) {
            all.add(Kind.of(limit).letter());
            all.add(String.valueOf(limit.permits()));
            if (limit instanceof RateLimit.CalendarQuota quota) {
                ZonedDateTime start = quota.period()
                        .start(Instant.EPOCH.plus(believed, ChronoUnit.MICROS).atZone(quota.zone()));
                ZonedDateTime end = quota.period().next(start);
                for (ZonedDateTime at : List.of(start, end, quota.period().next(end))) {
                    all.add(String.valueOf(at.toEpochSecond() * Reference.SECOND));
                }
            } else {
                all.add(String.valueOf(LimitChecks.micros(limit.window())));
                if (limit instanceof RateLimit.Smooth) {
                    all.add(String.valueOf(limit.capacity()));
                }
            }
        }
        return all;
    }

    // What is drawn

    private long cost(boolean taking) {
        long capacity = declared.stream().mapToLong(RateLimit::capacity).min().orElseThrow();
        long cost = switch (random.nextInt(6)) {
            case 0 -> capacity;
            case 1, 2 -> 1 + (long) (random.nextDouble() * (capacity - 1));
            default -> taking || random.nextBoolean() ? 1 : 0;
        };
        return Math.min(cost, 5_000);
    }

    private RateLimit limit(Kind kind) {
        while (true) {
            long micros = switch (random.nextInt(6)) {
                case 0 -> 10_000;
                case 1 -> 16_384;
                case 2 -> Reference.SECOND;
                case 3 -> 60 * Reference.SECOND;
                case 4 -> 3600 * Reference.SECOND;
                default -> (long) (10_000 * Math.exp(random.nextDouble() * 13));
            };
            Duration window = Duration.of(micros, ChronoUnit.MICROS);
            long permits = switch (random.nextInt(20)) {
                case 0 -> 1 + random.nextInt(60);
                case 1 ->
                    kind == Kind.SLIDING_LOG ? 1 + random.nextInt(3000) : 1 + (long) Math.exp(random.nextDouble() * 25);
                case 2 -> kind == Kind.SLIDING_COUNTER ? (LimitChecks.LARGEST - 1) / micros - random.nextInt(2) : 3;
                default -> 1 + random.nextInt(7);
            };
            try {
                return switch (kind) {
                    case SLIDING_LOG -> RateLimit.slidingLog(permits, window);
                    case SLIDING_COUNTER -> RateLimit.slidingCounter(permits, window);
                    case SMOOTH ->
                        RateLimit.smooth(permits, window, random.nextBoolean() ? permits : 1 + random.nextInt(12));
                    case QUOTA ->
                        RateLimit.quota(
                                permits,
                                CalendarPeriod.values()[random.nextInt(CalendarPeriod.values().length)],
                                ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))));
                };
            } catch (IllegalArgumentException outOfRange) {
                // Draw again.
            }
        }
    }

    /** Some moment of the years 2013 to 2034; for calendars mostly near the end of a year, or where clocks change. */
    private long firstMoment() {
        Instant start = Instant.parse("2013-01-01T00:00:00Z");
        Instant moment = start.plusSeconds((long) (random.nextDouble() * 21 * 365.25 * 86_400));
        for (RateLimit limit : declared) {
            if (limit instanceof RateLimit.CalendarQuota quota) {
                ZoneOffsetTransition change = quota.zone().getRules().nextTransition(moment);
                if (random.nextInt(3) == 0) {
                    moment = ZonedDateTime.of(2013 + random.nextInt(21), 12, 31, 23, 0, 0, 0, quota.zone())
                            .toInstant();
                } else if (change != null && random.nextInt(3) > 0) {
                    moment = change.getInstant().minusSeconds(random.nextInt(3 * 3600));
                }
            }
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment) + random.nextInt(1_000_000);
    }

    /** Kinds of one limiter's limits. */
    static List<Kind> mixed(Random random) {
        return IntStream.range(0, 2 + random.nextInt(3))
                .mapToObj(i -> Kind.values()[random.nextInt(Kind.values().length)])
                .toList();
    }
}

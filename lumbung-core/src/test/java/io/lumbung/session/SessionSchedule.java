package io.lumbung.session;

import io.lumbung.key.StoreKey;
import io.lumbung.session.SessionPolicy.WhenFull;
import io.lumbung.session.SteppedRedis.Broken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/**
 * A few clients on a real Redis, one command at a time in a drawn order: they create, use, change, rotate, assign and end
 * sessions of two users, and some sessions run out.
 *
 * <p>Judged is every call on a session whose end had returned before the call began (it must find nothing), and what
 * Redis holds when all is quiet: nothing of what was ended, each session once, in its user's index and with an end, no
 * more of them than there may be, and all that nobody ended.
 */
final class SessionSchedule {
    private static final int CLIENTS = 3;
    /** How far apart, in ms, the moments at which two things are asked may be. */
    private static final long SLACK = 5_000;

    private final SessionBench bench;
    private final Random random;
    private final Turns turns;
    private final SteppedRedis stepped;
    private final SessionPolicy policy;
    private final String[] users;
    private final Sessions sessions;
    private final Sessions direct;
    private final Sessions longer;
    private final List<Deed> deeds;
    private final boolean assigns;
    /** All is about one session of one user, so that all meet. */
    private final boolean narrow;

    private final List<Life> lives = new ArrayList<>();
    private final Set<String> usersEnded = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();

    /** What clients do. */
    private enum Deed {
        CREATE,
        FIND,
        REFRESH,
        UPDATE,
        ROTATE,
        ASSIGN,
        RELEASE,
        DESTROY,
        DESTROY_ALL,
        RUN_OUT
    }

    /** What is known of one session, whatever tokens it goes by. */
    private static final class Life {
        final List<SessionToken> tokens = new ArrayList<>();
        final Set<String> users = new HashSet<>();
        Optional<String> user;
        int assigning;
        int assigned;
        int rotating;
        int rotations;
        int ending;
        boolean attacked;
        boolean ranOut;
        boolean dead;

        Life(SessionToken token, Optional<String> user) {
            tokens.add(token);
            this.user = user;
            user.ifPresent(users::add);
        }

        SessionToken latest() {
            return tokens.get(tokens.size() - 1);
        }
    }

    SessionSchedule(SessionBench bench, long seed, Broken broken) {
        this.bench = bench;
        this.random = new Random(seed);
        this.turns = new Turns(random);
        String id = Long.toUnsignedString(seed, 36);
        this.users = new String[] {"ana" + id, "ben" + id};
        this.stepped =
                new SteppedRedis(bench, List.of(bench.index(users[0]), bench.index(users[1])), turns, random, broken);
        SessionPolicy usual = SessionPolicy.standard()
                .withGrace(random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(60))
                .withTouchEvery(random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(1));
        SessionPolicy told = random.nextBoolean() ? usual.withExpiryEvents() : usual;
        this.policy = random.nextInt(3) == 0
                ? told.withMost(2, random.nextBoolean() ? WhenFull.REJECT : WhenFull.EVICT_OLDEST)
                : told;
        this.deeds = drawn();
        this.narrow = random.nextBoolean();
        this.assigns = deeds.contains(Deed.ASSIGN) || deeds.contains(Deed.RELEASE);
        this.sessions = Sessions.on(bench.kernel(stepped), policy, SessionBench.PATIENT);
        this.longer = Sessions.on(bench.kernel(stepped), policy.withIdle(Duration.ofHours(48)), SessionBench.PATIENT);
        this.direct = Sessions.on(bench.kernel(bench.redis), policy, SessionBench.PATIENT);
    }

    /** Not all of them: few that happen often meet each other in more ways. */
    private List<Deed> drawn() {
        List<Deed> drawn = new ArrayList<>();
        for (Deed deed : Deed.values()) {
            if (random.nextBoolean()) {
                drawn.add(deed);
            }
        }
        return drawn.isEmpty() ? List.of(Deed.values()) : drawn;
    }

    /** What went wrong; empty if nothing did. */
    record Verdict(List<String> wrong, List<String> trace) {}

    Verdict run(ExecutorService threads) throws Throwable {
        created(direct, Optional.of(users[0]));
        if (!narrow) {
            created(direct, Optional.empty());
        }
        if (assigns && !narrow) {
            Life visitor = lives.get(1);
            visitor.users.add(users[0]);
            visitor.user = direct.assign(visitor.latest(), users[0]).flatMap(Session::user);
            visitor.assigned++;
        }
        for (int client = 0; client < CLIENTS; client++) {
            int calls = 2 + random.nextInt(3);
            turns.add("client" + client, () -> {
                for (int i = 0; i < calls; i++) {
                    turns.gate("goes on");
                    stepped.begin();
                    call();
                }
            });
        }
        turns.run(threads);
        judge();
        return new Verdict(wrong, turns.trace());
    }

    private void created(Sessions by, Optional<String> user) {
        CreateResult result = by.create(user.map(NewSession::of).orElseGet(NewSession::anonymous));
        if (result instanceof CreateResult.Created created) {
            lives.add(new Life(created.token(), user));
        }
    }

    private String someUser() {
        return users[narrow ? 0 : random.nextInt(users.length)];
    }

    private void call() {
        Life life = lives.get(narrow ? 0 : random.nextInt(lives.size()));
        SessionToken token = life.tokens.get(random.nextInt(life.tokens.size()));
        boolean dead = life.dead;
        switch (deeds.get(random.nextInt(deeds.size()))) {
            case CREATE -> created(sessions, Optional.of(someUser()));
            case FIND -> mustFail(dead, "find", sessions.find(token).isPresent());
            case REFRESH ->
                mustFail(
                        dead,
                        "refresh",
                        (random.nextBoolean() ? sessions : longer)
                                .refresh(token)
                                .isPresent());
            case UPDATE ->
                mustFail(
                        dead,
                        "update",
                        sessions.update(token, SessionChange.none().set("a", 1)) instanceof UpdateResult.Updated);
            case ROTATE -> rotate(life, token);
            case ASSIGN -> assign(life, token, Optional.of(someUser()));
            case RELEASE -> assign(life, token, Optional.empty());
            case DESTROY -> destroy(life, token);
            case DESTROY_ALL -> destroyAll(someUser());
            case RUN_OUT -> runOut(life);
        }
    }

    private void mustFail(boolean dead, String what, boolean succeeded) {
        turns.note(what + (succeeded ? ": done" : ": nothing there"));
        if (dead && succeeded) {
            wrong.add(what + " succeeded on a session that had ended");
        }
    }

    // An old token leads at most so far.
    private void rotate(Life life, SessionToken token) {
        if (life.rotations == 3) {
            return;
        }
        life.rotations++;
        life.rotating++;
        boolean dead = life.dead;
        RotateResult result = sessions.rotate(token);
        life.rotating--;
        mustFail(dead, "rotate", result instanceof RotateResult.Rotated);
        if (result instanceof RotateResult.Rotated rotated) {
            life.tokens.add(rotated.token());
        } else {
            life.rotations--;
        }
    }

    private void assign(Life life, SessionToken token, Optional<String> user) {
        boolean dead = life.dead;
        user.ifPresent(life.users::add);
        boolean alone = life.assigning == 0;
        life.assigning++;
        int before = life.assigned;
        Optional<Session> result = user.isPresent() ? sessions.assign(token, user.get()) : sessions.release(token);
        life.assigning--;
        life.assigned++;
        mustFail(dead, "assign", result.isPresent());
        // Rotated meanwhile without grace, it may be the user's by a token that is not this one; and of several who
        // assign it at once nobody knows who was the last.
        life.user = alone && life.assigned == before + 1 ? result.flatMap(Session::user) : Optional.empty();
    }

    private void destroy(Life life, SessionToken token) {
        life.attacked = true;
        boolean alone = life.ending == 0;
        life.ending++;
        boolean was = sessions.destroy(token);
        life.ending--;
        turns.note("destroy: " + was);
        // Without grace an old token is no token: then nothing was ended. With another end under way it ends it.
        if (was || !policy.grace().isZero() && alone && life.ending == 0) {
            life.dead = true;
        }
    }

    private void destroyAll(String user) {
        usersEnded.add(user);
        Optional<Life> kept =
                random.nextInt(3) == 0 ? Optional.of(lives.get(random.nextInt(lives.size()))) : Optional.empty();
        List<Life> theirs = lives.stream()
                .filter(life -> life.user.equals(Optional.of(user)) && life.assigning == 0)
                .filter(life -> kept.isEmpty() || life != kept.get())
                .toList();
        List<Integer> assigned = theirs.stream().map(life -> life.assigned).toList();
        if (kept.isPresent()) {
            sessions.destroyAllBut(user, kept.get().latest().id());
        } else {
            sessions.destroyAll(user);
        }
        turns.note("has ended all of " + user);
        for (int i = 0; i < theirs.size(); i++) {
            Life life = theirs.get(i);
            if (life.assigning == 0 && life.assigned == assigned.get(i)) {
                life.dead = true;
            }
        }
    }

    /** As if it had not been used for long. */
    private void runOut(Life life) {
        if (life.rotating > 0 || life.assigning > 0) {
            return;
        }
        turns.note("a session runs out");
        life.attacked = true;
        life.ranOut = true;
        life.dead = true;
        for (SessionToken token : life.tokens) {
            bench.number("DEL", bench.key(token));
            for (String user : users) {
                bench.number("ZADD", bench.index(user), "XX", 1, token.ref().member());
            }
        }
    }

    // When all is quiet

    private void judge() {
        Set<StoreKey> known = new HashSet<>();
        for (Life life : lives) {
            List<SessionToken> living = life.tokens.stream()
                    .filter(token -> lives(bench.key(token)))
                    .toList();
            life.tokens.forEach(token -> known.add(bench.key(token)));
            if (living.size() > 1) {
                wrong.add("there are " + living.size() + " of one session");
            }
            if (life.dead && !living.isEmpty()) {
                wrong.add("a session that had ended is there");
            }
            boolean endedBySomebody =
                    life.attacked || policy.most() > 0 || life.users.stream().anyMatch(usersEnded::contains);
            if (!endedBySomebody && living.isEmpty()) {
                wrong.add("a session is gone that nobody ended");
            }
        }
        stepped.created.forEach(key -> known.add(bench.session(key)));
        for (StoreKey key : known) {
            if (lives(key)) {
                entered(key);
            }
        }
        if (policy.expiryEvents()) {
            toBeTold(known);
        }
        for (String user : users) {
            StoreKey index = bench.index(user);
            if (bench.pttl(index) == -1) {
                wrong.add("an index has no end");
            }
            if (bench.members(index).stream()
                    .map(SessionRef::parse)
                    .filter(ref -> SessionCommands.isAtHome(ref, user) && lives(bench.key(ref)))
                    .anyMatch(ref -> !bench.text("HGET", bench.key(ref), "u").equals(user))) {
                wrong.add("a list holds, and counts, what is somebody else's");
            }
            long fresh = lives.stream()
                    .filter(life -> life.users.equals(Set.of(user)) && life.assigned == 0 && life.assigning == 0)
                    .filter(life -> life.tokens.stream().anyMatch(token -> lives(bench.key(token))))
                    .count();
            if (policy.most() > 0 && fresh > policy.most()) {
                wrong.add("there are " + fresh + " sessions, and there may be " + policy.most());
            }
            if (policy.most() > 0
                    && !assigns
                    && bench.members(index).stream()
                                    .filter(member -> lives(bench.key(SessionRef.parse(member))))
                                    .count()
                            < policy.most()
                    && !(Sessions.on(
                                            bench.kernel(bench.redis),
                                            policy.withMost(policy.most(), WhenFull.REJECT),
                                            SessionBench.PATIENT)
                                    .create(NewSession.of(user))
                            instanceof CreateResult.Created)) {
                wrong.add("there is room, and nobody gets in");
            }
        }
    }

    /** Of those that live, and those that ran out. */
    private void toBeTold(Set<StoreKey> known) {
        Set<StoreKey> ranOut = lives.stream()
                .filter(life -> life.ranOut)
                .flatMap(life -> life.tokens.stream())
                .map(bench::key)
                .collect(Collectors.toSet());
        for (StoreKey key : known) {
            String name = key.text();
            int brace = name.indexOf('{');
            String member = name.substring(brace + 1, brace + 3) + '.' + name.substring(brace + 5);
            StoreKey deaths = bench.keys.sessionDeaths(member.substring(0, 2));
            if (bench.pttl(deaths) == -1) {
                wrong.add("what is to be told has no end");
            }
            List<String> entries = bench.members(deaths).stream()
                    .filter(entry -> entry.startsWith(member + ':'))
                    .toList();
            if (lives(key) && !entries.equals(List.of(member + ':' + bench.text("HGET", key, "u")))) {
                wrong.add("of a session that lives it will be told " + entries.size() + " times that it died");
            }
            if (!lives(key) && !entries.isEmpty() && !ranOut.contains(key)) {
                wrong.add("a session that was ended would be told to have run out");
            }
        }
    }

    private boolean lives(StoreKey key) {
        return bench.number("HEXISTS", key, "m") == 1;
    }

    private void entered(StoreKey key) {
        if (bench.pttl(key) == -1) {
            wrong.add("a session has no end");
        }
        String user = bench.text("HGET", key, "u");
        if (user.isEmpty()) {
            return;
        }
        Optional<String> entry = bench.members(bench.index(user)).stream()
                .filter(member -> bench.key(SessionRef.parse(member)).equals(key))
                .findFirst();
        if (entry.isEmpty()) {
            wrong.add("a session is not in its user's index");
            return;
        }
        long dies = bench.now() + bench.pttl(key);
        if (!bench.membersFrom(bench.index(user), dies - SLACK).contains(entry.get())) {
            wrong.add("a session outlives its entry");
        }
    }
}

package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A race of session stores.
 *
 * @param name what it is called beside others of its bench; empty if there is one
 * @param what who has how many sessions, in one line
 * @param aims what we would like its outcome to be
 */
record SessionRace(
        String name,
        String what,
        Course<SessionContender> course,
        List<Entrant<SessionContender>> entrants,
        List<Aim> aims) {

    private static final List<Integer> SIZES = List.of(1, 100, 1_000);
    private static final int MOST_SESSIONS = 10_000;
    private static final int MOST_USERS = 1_000;

    /** What a web request costs. */
    static SessionRace requests(int sessions) {
        List<Aim> aims = new ArrayList<>();
        aims.add(new Aim(SessionEntrants.OURS, SessionEntrants.CEILING, 0.75, 64));
        aims.add(new Aim(SessionEntrants.OURS_EACH_USE, SessionEntrants.CEILING, 0, 0));
        for (String ours : List.of(SessionEntrants.OURS, SessionEntrants.OURS_EACH_USE)) {
            double aimed = ours.equals(SessionEntrants.OURS) ? 1 : 0;
            for (Entrant<SessionContender> entrant : SessionEntrants.creators()) {
                if (entrant.name().startsWith("spring")) {
                    aims.add(new Aim(ours, entrant.name(), 4 * aimed, 64));
                } else if (entrant.name().startsWith("indexed")) {
                    aims.add(new Aim(ours, entrant.name(), 8 * aimed, 64));
                }
            }
        }
        return new SessionRace(
                "",
                sessions + " sessions of as many users",
                new Requests(Visitor.of(sessions)),
                SessionEntrants.requests(),
                aims);
    }

    /** New sessions. */
    static SessionRace logins(int users, Servers servers) {
        return new SessionRace(
                "",
                "any number of " + users + " users, on a server that is empty before each window",
                new Logins(Visitor.of(users), servers),
                SessionEntrants.creators(),
                againstAll(SessionEntrants.creators()));
    }

    /** All sessions of a user, by how many there are. */
    static List<SessionRace> lists() {
        return SIZES.stream()
                .map(each -> {
                    int users = users(each);
                    return new SessionRace(
                            Integer.toString(each),
                            each + " of each of " + users + " users",
                            new Lists(Visitor.of(users), each),
                            SessionEntrants.finders(),
                            againstAll(SessionEntrants.finders()));
                })
                .toList();
    }

    /** The end of all sessions of a user, by how many there are. */
    static List<SessionRace> departures(Servers servers) {
        return SIZES.stream()
                .map(each -> {
                    int users = users(each);
                    return new SessionRace(
                            Integer.toString(each),
                            each + " of each of " + users + " users, made before each window, which ends with the last",
                            new Departures(Visitor.of(users), each, servers),
                            SessionEntrants.enders(),
                            againstAll(SessionEntrants.enders()));
                })
                .toList();
    }

    private static int users(int each) {
        return Math.min(MOST_USERS, MOST_SESSIONS / each);
    }

    private static List<Aim> againstAll(List<Entrant<SessionContender>> entrants) {
        return entrants.stream()
                .map(Entrant::name)
                .filter(name -> !name.equals(SessionEntrants.OURS))
                .map(name -> new Aim(SessionEntrants.OURS, name, 0, 0))
                .toList();
    }
}

package io.lumbung.benchmarks;

import java.util.List;

/**
 * The end of all sessions of a user, once for each user in a window; they are created before it, while no clock runs.
 *
 * @param each how many each user has
 */
record Departures(List<Visitor> visitors, int each, Servers servers) implements Course<SessionContender> {

    @Override
    public String turn() {
        return "departure";
    }

    @Override
    public int keys() {
        return visitors.size();
    }

    @Override
    public boolean onceEach() {
        return true;
    }

    @Override
    public void prepare(SessionContender contender) throws Exception {
        SessionProof.demand(contender);
        servers.empty();
    }

    @Override
    public void before(SessionContender contender) throws Exception {
        Crowd.run(visitors.size() * each, i -> contender.create(visitors.get(i % visitors.size())));
    }

    @Override
    public boolean run(SessionContender contender, int key) throws Exception {
        return contender.destroyAll(visitors.get(key).user()) == each;
    }

    @Override
    public void after(SessionContender contender) {
        servers.empty();
    }
}

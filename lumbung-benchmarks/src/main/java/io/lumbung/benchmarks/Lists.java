package io.lumbung.benchmarks;

import java.util.List;

/**
 * All sessions of a user, found and read.
 *
 * @param each how many each user has
 */
record Lists(List<Visitor> visitors, int each) implements Course<SessionContender> {

    @Override
    public String turn() {
        return "list";
    }

    @Override
    public int keys() {
        return visitors.size();
    }

    @Override
    public void prepare(SessionContender contender) throws Exception {
        SessionProof.demand(contender);
        // Another load may have left some.
        Crowd.run(visitors.size(), i -> contender.destroyAll(visitors.get(i).user()));
        Crowd.run(visitors.size() * each, i -> contender.create(visitors.get(i % visitors.size())));
    }

    @Override
    public boolean run(SessionContender contender, int key) throws Exception {
        return contender.list(visitors.get(key).user()) == each;
    }
}

package io.lumbung.benchmarks;

import java.util.List;

/**
 * New sessions of users, any number of each. They are all gone after each window, so that everybody begins on an empty
 * server.
 */
record Logins(List<Visitor> visitors, Servers servers) implements Course<SessionContender> {

    @Override
    public String turn() {
        return "creation";
    }

    @Override
    public int keys() {
        return visitors.size();
    }

    @Override
    public void prepare(SessionContender contender) throws Exception {
        SessionProof.demand(contender);
    }

    @Override
    public boolean run(SessionContender contender, int key) throws Exception {
        contender.create(visitors.get(key));
        return true;
    }

    @Override
    public void after(SessionContender contender) {
        servers.empty();
    }
}

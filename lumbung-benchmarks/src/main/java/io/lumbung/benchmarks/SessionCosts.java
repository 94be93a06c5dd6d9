package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** What is done with sessions, each time with those of a user nobody has seen before. */
final class SessionCosts {

    private SessionCosts() {}

    /** All that this contender can do. */
    static List<Costs> of(Entrant<SessionContender> entrant) throws Exception {
        return Costs.of(entrant, SessionCosts::operations);
    }

    private static List<Costs.Operation> operations(SessionContender contender) throws Exception {
        SessionProof.demand(contender);
        List<Costs.Operation> all = new ArrayList<>(List.of(
                operation("create", contender::create, (id, who) -> contender.create(who)),
                operation("request", contender::create, (id, who) -> contender.use(id)),
                operation(
                        "request, one change", contender::create, (id, who) -> contender.change(id, "locale", "fr-CH")),
                operation(
                        "request, login",
                        who -> contender.arrive(who.attributes()),
                        (id, who) -> contender.login(id, who)),
                operation("request, logout", contender::create, (id, who) -> contender.logout(id))));
        if (contender.findsByUser()) {
            all.add(operation("list of 100", who -> hundred(contender, who), (id, who) -> contender.list(who.user())));
            all.add(operation(
                    "end of all 100", who -> hundred(contender, who), (id, who) -> contender.destroyAll(who.user())));
        }
        return all;
    }

    private static Costs.Operation operation(String name, Before before, Act act) {
        var visitors = Visitor.of(Costs.TRIES);
        return new Costs.Operation(name, attempt -> {
            var visitor = visitors.get(attempt);
            String id = before.make(visitor);
            return () -> act.on(id, visitor);
        });
    }

    private static String hundred(SessionContender contender, Visitor visitor) throws Exception {
        Crowd.run(100, i -> contender.create(visitor));
        return "";
    }

    /** Makes what is there before, and answers what finds it. */
    @FunctionalInterface
    private interface Before {
        String make(Visitor visitor) throws Exception;
    }

    @FunctionalInterface
    private interface Act {
        void on(String id, Visitor visitor) throws Exception;
    }
}

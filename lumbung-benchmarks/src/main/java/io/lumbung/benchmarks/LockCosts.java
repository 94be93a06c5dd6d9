package io.lumbung.benchmarks;

import java.util.List;

/** What is done with a lock that nobody else wants, and that its caller has had before. */
final class LockCosts {

    private LockCosts() {}

    static List<Costs> of(Entrant<LockContender> entrant) throws Exception {
        return Costs.of(entrant, LockCosts::operations);
    }

    private static List<Costs.Operation> operations(LockContender contender) throws Exception {
        LockProof.demand(contender, contender);
        return List.of(
                new Costs.Operation("take", attempt -> {
                    String name = hadBefore(contender, "take", attempt);
                    return () -> take(contender, name);
                }),
                new Costs.Operation("give back", attempt -> {
                    String name = hadBefore(contender, "give-back", attempt);
                    return take(contender, name)::release;
                }),
                new Costs.Operation("pair", attempt -> {
                    String name = hadBefore(contender, "pair", attempt);
                    return () -> take(contender, name).release();
                }));
    }

    private static String hadBefore(LockContender contender, String what, int attempt) throws Exception {
        String name = what + '-' + attempt;
        take(contender, name).release();
        return name;
    }

    private static Held take(LockContender contender, String name) throws Exception {
        return contender
                .tryAcquire(name)
                .orElseThrow(() -> new WrongAnswerException(name + " was not to be had, and nobody else wants it"));
    }
}

package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Requests, each of which brings somebody's session: it is found, and that it was used is noted. */
final class Requests implements Course<SessionContender> {

    private final List<Visitor> visitors;
    private final Map<SessionContender, List<String>> sessions = new ConcurrentHashMap<>();

    /** @param visitors who have one session each */
    Requests(List<Visitor> visitors) {
        this.visitors = visitors;
    }

    @Override
    public String turn() {
        return "request";
    }

    @Override
    public int keys() {
        return visitors.size();
    }

    @Override
    public void prepare(SessionContender contender) throws Exception {
        SessionProof.demand(contender);
        List<String> ids = new ArrayList<>();
        for (Visitor visitor : visitors) {
            ids.add(contender.create(visitor));
        }
        sessions.put(contender, ids);
    }

    @Override
    public boolean run(SessionContender contender, int key) throws Exception {
        String csrf =
                contender.use(Objects.requireNonNull(sessions.get(contender)).get(key));
        if (csrf == null) {
            return false;
        }
        if (!csrf.equals(visitors.get(key).csrf())) {
            throw new WrongAnswerException("the session of visitor " + key + " answered " + csrf);
        }
        return true;
    }
}

package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** That a contender does what is to be measured. */
final class SessionProof {

    private static final int SEVERAL = 3;

    private SessionProof() {}

    /**
     * Tries everything a contender can do, with users nobody else has.
     *
     * @throws WrongAnswerException if it does not do it
     */
    static void demand(SessionContender contender) throws Exception {
        var visitor =
                new Visitor("proof " + UUID.randomUUID(), Visitor.of(1).get(0).attributes());
        aSessionIsThereUntilItsEnd(contender, visitor);
        aLoginChangesTheId(contender, visitor);
        if (contender.findsByUser()) {
            allOfAUserAreFoundAndEnded(contender, visitor);
        }
    }

    private static void aSessionIsThereUntilItsEnd(SessionContender contender, Visitor visitor) throws Exception {
        String id = contender.create(visitor);
        require(visitor.attributes().equals(all(contender, id, visitor)), "a new session remembers what it was given");
        require(visitor.csrf().equals(contender.use(id)), "a request finds its session");
        contender.change(id, "locale", "fr-CH");
        require("fr-CH".equals(all(contender, id, visitor).get("locale")), "a change is remembered");
        require(visitor.csrf().equals(contender.use(id)), "a change leaves the rest as it was");
        contender.logout(id);
        require(contender.use(id) == null && all(contender, id, visitor).isEmpty(), "nothing is found after a logout");
    }

    private static void aLoginChangesTheId(SessionContender contender, Visitor visitor) throws Exception {
        String before = contender.arrive(visitor.attributes());
        require(visitor.csrf().equals(contender.use(before)), "nobody's session is found");
        String after = contender.login(before, visitor);
        require(visitor.csrf().equals(contender.use(after)), "a session is found after a login");
        require(contender.use(before) == null, "its id from before the login leads nowhere");
        contender.logout(after);
    }

    private static void allOfAUserAreFoundAndEnded(SessionContender contender, Visitor visitor) throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < SEVERAL; i++) {
            ids.add(contender.create(visitor));
        }
        require(contender.list(visitor.user()) == SEVERAL, "a user's sessions are listed");
        require(contender.destroyAll(visitor.user()) == SEVERAL, "a user's sessions are ended");
        for (String id : ids) {
            require(contender.use(id) == null, "none of a user's sessions is found after that");
        }
        require(contender.list(visitor.user()) == 0, "none is listed after that");
    }

    private static Map<String, String> all(SessionContender contender, String id, Visitor visitor) throws Exception {
        return contender.read(id, visitor.attributes().keySet());
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new WrongAnswerException("it does not hold that " + what);
        }
    }
}

package io.lumbung.benchmarks;

import java.util.List;

/**
 * Requests that are all admitted, or all refused; a decision that should have been the other one is a miss, and so is
 * an answer that nobody decided.
 *
 * @param admitted whether the subjects stay within their quota; if not, they have used it up before the clock runs
 * @param quota what each of them has
 */
record Admissions(List<String> subjects, Quota quota, boolean admitted) implements Course<LimitContender> {

    @Override
    public String turn() {
        return "decision";
    }

    @Override
    public int keys() {
        return subjects.size();
    }

    @Override
    public void prepare(LimitContender contender) throws Exception {
        for (String subject : subjects) {
            contender.prepare(subject);
            for (long i = 0; !admitted && i < quota.permits(); i++) {
                contender.admits(subject);
            }
        }
    }

    @Override
    public boolean run(LimitContender contender, int key) throws Exception {
        try {
            return contender.admits(subjects.get(key)) == admitted;
        } catch (UndecidedException e) {
            return false;
        }
    }
}

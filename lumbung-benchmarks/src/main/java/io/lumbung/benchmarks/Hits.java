package io.lumbung.benchmarks;

/** Reads of cached texts, all of which are there. */
record Hits(Texts texts) implements Course<Contender> {

    @Override
    public String turn() {
        return "hit";
    }

    @Override
    public int keys() {
        return texts.keys().size();
    }

    @Override
    public void prepare(Contender contender) throws Exception {
        for (int i = 0; i < keys(); i++) {
            contender.warm(texts.keys().get(i), texts.values().get(i));
        }
    }

    @Override
    public boolean run(Contender contender, int key) throws Exception {
        String name = texts.keys().get(key);
        String answer = contender.read(name);
        if (answer == null) {
            return false;
        }
        if (!texts.values().get(key).equals(answer)) {
            throw new WrongAnswerException("reading '" + name + "' answered " + answer);
        }
        return true;
    }
}

package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tags of an entry while it is loaded and stored, with the tokens they had before. */
final class LoadTags implements Load {
    private final Shelf<?> shelf;
    private final Slot slot;
    private final Map<String, String> tokens;
    private final Map<String, String> read;
    private final Budget budget;
    private final Map<String, Pending<String>> renewed = new HashMap<>();
    private @Nullable StoreException failure;
    private boolean complete = true;

    LoadTags(Shelf<?> shelf, Lease lease, Budget budget) {
        this.shelf = shelf;
        this.slot = lease.slot();
        this.tokens = lease.tokens();
        this.read = lease.read();
        this.budget = budget;
    }

    @Override
    public void tag(String tag) {
        Tagging known = shelf.requireTagging();
        // The cache's own token is among them, and is not a tag.
        if (tokens.containsKey(known.checked(slot, tag, tokens.containsKey(tag) ? 0 : tokens.size() - 1))) {
            return;
        }
        String before = read.get(tag);
        if (before != null) {
            tokens.put(tag, before);
        } else if (budget.isBroken()) {
            complete = false;
        } else {
            obtain(known, tag);
        }
    }

    private void obtain(Tagging known, String tag) {
        Deadline end = budget.begin();
        try {
            tokens.put(tag, shelf.obtain(known, tag, end).await());
            budget.spent(end);
        } catch (StoreException e) {
            budget.failed(end);
            shelf.workshop().outage().failed(e);
            complete = false;
            failure = e;
        }
    }

    /** Whether every tag's token is known; otherwise the value must not be stored. */
    boolean isComplete() {
        return complete;
    }

    @Nullable
    StoreException failure() {
        return failure;
    }

    @Nullable
    String namespace() {
        return tokens.get(Tagging.NAMESPACE);
    }

    Map<String, String> ofEntry() {
        Map<String, String> tags = new LinkedHashMap<>(tokens);
        tags.remove(Tagging.NAMESPACE);
        return tags;
    }

    /** Makes the tokens outlive the entry, and asks whether they still hold. */
    void renew(Deadline end) {
        Tagging known = shelf.tagging();
        if (known != null) {
            tokens.keySet().forEach(tag -> renewed.put(tag, shelf.obtain(known, tag, end)));
        }
    }

    /** Whether nothing that the entry carries was invalidated while it was loaded. */
    boolean areCurrent(Deadline end) {
        if (renewed.isEmpty()) {
            renew(end);
        }
        boolean current = true;
        for (Map.Entry<String, Pending<String>> token : renewed.entrySet()) {
            current &= token.getValue().await().equals(tokens.get(token.getKey()));
        }
        return current;
    }

    /** A load that will not be stored: its tags are checked, and that is all. */
    record Unstored(Shelf<?> shelf, Slot slot) implements Load {
        @Override
        public void tag(String tag) {
            shelf.requireTagging().checked(slot, tag, 0);
        }
    }
}

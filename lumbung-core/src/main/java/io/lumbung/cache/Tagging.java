package io.lumbung.cache;

import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/** What a tagged cache knows about the tags of its entries, before it asks Redis. */
final class Tagging {
    /** Stands for the cache itself, whose token every entry carries; no tag has this name. */
    static final String NAMESPACE = "";

    private final KeySpace keys;
    private final StoreKey namespace;
    private final Function<Key, ? extends Collection<String>> declaration;
    private final TagHints hints = new TagHints();

    Tagging(KeySpace keys, String cache, Function<Key, ? extends Collection<String>> declaration) {
        this.keys = keys;
        this.namespace = keys.cacheNamespace(cache);
        this.declaration = declaration;
    }

    StoreKey namespace() {
        return namespace;
    }

    /** The key of a tag's token. */
    StoreKey tokenKey(String tag) {
        return tag.equals(NAMESPACE) ? namespace : keys.tag(tag);
    }

    /** The tags that the entry must carry. */
    Set<String> declared(Slot slot) {
        Collection<String> tags = declaration.apply(slot.key());
        if (tags.isEmpty()) {
            return Set.of();
        }
        Set<String> declared = new LinkedHashSet<>(tags);
        if (declared.contains(NAMESPACE)) {
            throw new IllegalArgumentException(
                    "'" + slot + "' is declared to carry a tag without a name: leave the tag out, or name it");
        }
        refuseTooMany(slot, declared.size());
        return declared;
    }

    /** The tags that it carried when it was last seen here. */
    Set<String> remembered(Slot slot) {
        return hints.of(slot.text());
    }

    /** Only what the declaration does not tell. */
    void remember(Slot slot, Set<String> tags, Set<String> declared) {
        if (tags.size() != declared.size()) {
            hints.note(slot.text(), tags);
        }
    }

    /** A tag that may be put on the entry. */
    String checked(Slot slot, String tag, int already) {
        keys.tag(tag);
        refuseTooMany(slot, already + 1);
        return tag;
    }

    private static void refuseTooMany(Slot slot, int tags) {
        if (tags > Envelope.MOST_TAGS) {
            throw new IllegalArgumentException("'" + slot + "' has more than " + Envelope.MOST_TAGS
                    + " tags: each costs every read; use fewer, wider ones");
        }
    }
}

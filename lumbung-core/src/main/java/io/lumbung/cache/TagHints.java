package io.lumbung.cache;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which tags an entry carried when this process last saw it, so that their tokens are asked for together with the
 * value. Only a hint: bounded, forgetful, and wrong at most by one more round trip.
 */
final class TagHints {
    private static final int SIZE = 1 << 13;

    private final AtomicReferenceArray<@Nullable Hint> hints = new AtomicReferenceArray<>(SIZE);

    private record Hint(String entry, Set<String> tags) {}

    Set<String> of(String entry) {
        Hint hint = hints.get(place(entry));
        return hint != null && hint.entry.equals(entry) ? hint.tags : Set.of();
    }

    void note(String entry, Set<String> tags) {
        int place = place(entry);
        Hint hint = hints.get(place);
        if (hint == null || !hint.entry.equals(entry) || !hint.tags.equals(tags)) {
            hints.set(place, new Hint(entry, Set.copyOf(tags)));
        }
    }

    private static int place(String entry) {
        int hash = entry.hashCode() * 0x9E3779B9;
        return hash >>> (Integer.SIZE - 13);
    }
}

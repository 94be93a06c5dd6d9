package io.lumbung.cache;

import io.lumbung.error.CodecException;
import io.lumbung.error.StoreException;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into Redis and judges what it finds: a plain GET, in a tagged cache with a GET per token beside it. Never throws
 * a {@link StoreException}; what cannot be used is never a hit.
 */
final class EntryReader<V> {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");

    private final Shelf<V> shelf;
    private final Workshop workshop;
    private final Redis redis;
    private final Commands commands;
    private final @Nullable Tagging tagging;

    EntryReader(Shelf<V> shelf) {
        this.shelf = shelf;
        this.workshop = shelf.workshop();
        this.redis = shelf.redis();
        this.commands = shelf.commands();
        this.tagging = shelf.tagging();
    }

    Look<V> look(Slot slot, Budget budget) {
        if (isCovered(slot)) {
            return Look.covered();
        }
        if (budget.isBroken()) {
            return Look.failed(null);
        }
        @Nullable Predicate<StoreKey> doubtful = workshop.lost().doubtfulTokens();
        Deadline end = budget.begin();
        try {
            Pending<Reply> value = redis.send(commands.get(slot.value()), end);
            AskedTokens tokens = tagging == null ? null : new AskedTokens(redis, commands, tagging, end);
            Set<String> declared = ask(slot, tokens);
            Look<V> look = judged(slot, value, tokens, declared, doubtful, true);
            answered(budget, end);
            return look;
        } catch (StoreException e) {
            return failed(budget, end, e);
        }
    }

    /** As {@link #look} with each, in one wait. */
    List<Look<V>> looks(List<Slot> slots, Budget budget, boolean decode) {
        List<Boolean> covered = slots.stream().map(this::isCovered).toList();
        @Nullable Predicate<StoreKey> doubtful = workshop.lost().doubtfulTokens();
        Deadline end = budget.begin();
        List<Pending<Reply>> values = new ArrayList<>(slots.size());
        slots.forEach(slot -> values.add(redis.send(commands.get(slot.value()), end)));
        AskedTokens tokens = tagging == null ? null : new AskedTokens(redis, commands, tagging, end);
        List<Set<String>> declared =
                slots.stream().map(slot -> ask(slot, tokens)).toList();
        List<Look<V>> looks = new ArrayList<>(slots.size());
        try {
            for (int i = 0; i < slots.size(); i++) {
                Slot slot = slots.get(i);
                looks.add(
                        covered.get(i)
                                ? Look.covered()
                                : judged(slot, values.get(i), tokens, declared.get(i), doubtful, decode));
            }
            answered(budget, end);
        } catch (StoreException e) {
            Look<V> failed = failed(budget, end, e);
            while (looks.size() < slots.size()) {
                looks.add(failed);
            }
        }
        return looks;
    }

    /** Asks for the tokens that the entry is likely to carry; the tags that it must carry. */
    private Set<String> ask(Slot slot, @Nullable AskedTokens tokens) {
        if (tokens == null || tagging == null) {
            return Set.of();
        }
        Set<String> declared = tagging.declared(slot);
        declared.forEach(tokens::ask);
        tagging.remembered(slot).forEach(tokens::ask);
        return declared;
    }

    private Look<V> judged(
            Slot slot,
            Pending<Reply> value,
            @Nullable AskedTokens tokens,
            Set<String> declared,
            @Nullable Predicate<StoreKey> doubtful,
            boolean decode) {
        byte[] bytes = value.await().bytesOrNull();
        if (bytes == null) {
            return Look.absent(all(tokens));
        }
        Entry entry = shelf.layout().read(slot.value(), bytes);
        if (entry == null || (entry.namespace() == null) != (tokens == null)) {
            return undecodable(slot, bytes, tokens, "not an entry of this cache");
        }
        if (tokens != null && tagging != null) {
            Set<String> carried = entry.tags().keySet();
            if (isAny(carried, tagging, doubtful)) {
                return Look.covered();
            }
            tagging.remember(slot, carried, declared);
            if (!isCurrent(entry, declared, tokens)) {
                return Look.invalid(bytes, all(tokens));
            }
        }
        if (entry.isNull() || !decode) {
            return Look.hit(null);
        }
        try {
            return Look.hit(shelf.decoded(bytes, entry.payload()));
        } catch (CodecException e) {
            return undecodable(slot, bytes, tokens, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isAny(Set<String> carried, Tagging tagging, @Nullable Predicate<StoreKey> doubtful) {
        return doubtful != null && carried.stream().anyMatch(tag -> doubtful.test(tagging.tokenKey(tag)));
    }

    /** Whether every token that the entry carries holds now; one that is absent does not. */
    private static boolean isCurrent(Entry entry, Set<String> declared, AskedTokens tokens) {
        Map<String, String> carried = entry.tags();
        if (!carried.keySet().containsAll(declared)) {
            return false;
        }
        carried.keySet().forEach(tokens::ask);
        boolean current = String.valueOf(entry.namespace()).equals(tokens.token(Tagging.NAMESPACE));
        for (Map.Entry<String, String> tag : carried.entrySet()) {
            current &= tag.getValue().equals(tokens.token(tag.getKey()));
        }
        return current;
    }

    // Asked before Redis is: what is confirmed while the answer travels does not make the answer true.
    private boolean isCovered(Slot slot) {
        LostInvalidations lost = workshop.lost();
        return !lost.isEmpty()
                && (lost.covers(slot.value()) || tagging != null && lost.coversToken(tagging.namespace()));
    }

    private Look<V> undecodable(Slot slot, byte[] bytes, @Nullable AskedTokens tokens, String why) {
        shelf.observe(CacheEvent.UNDECODABLE);
        log.debug("{}: {}, taken for a miss", slot, why);
        return Look.invalid(bytes, all(tokens));
    }

    private static Map<String, String> all(@Nullable AskedTokens tokens) {
        return tokens == null ? Map.of() : tokens.all();
    }

    private void answered(Budget budget, Deadline end) {
        budget.spent(end);
        workshop.outage().answered();
    }

    private Look<V> failed(Budget budget, Deadline end, StoreException e) {
        budget.failed(end);
        workshop.outage().failed(e);
        return Look.failed(e);
    }
}

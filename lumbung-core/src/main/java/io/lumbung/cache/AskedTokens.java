package io.lumbung.cache;

import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens asked for beside the values of one read. */
final class AskedTokens {
    private final Redis redis;
    private final Commands commands;
    private final Tagging tagging;
    private final Deadline end;
    private final Map<String, Pending<Reply>> asked = new HashMap<>();
    private Map<String, String> known = Map.of();
    private int absent;

    AskedTokens(Redis redis, Commands commands, Tagging tagging, Deadline end) {
        this.redis = redis;
        this.commands = commands;
        this.tagging = tagging;
        this.end = end;
        ask(Tagging.NAMESPACE);
    }

    /** Asks, unless that is done already; all that is asked before the first answer is read is one wait. */
    void ask(String tag) {
        if (!asked.containsKey(tag)) {
            asked.put(tag, redis.send(commands.getToken(tagging.tokenKey(tag)), end));
        }
    }

    /** The token that holds now; null if there is none, or it was not asked for. */
    @Nullable
    String token(String tag) {
        Pending<Reply> pending = asked.get(tag);
        if (pending == null) {
            return null;
        }
        Reply reply = pending.await();
        return reply.isNull() ? null : reply.text();
    }

    /** All tokens there are, by tag. */
    Map<String, String> all() {
        if (known.size() + absent == asked.size()) {
            return known;
        }
        Map<String, String> tokens = new HashMap<>();
        for (String tag : asked.keySet()) {
            String token = token(tag);
            if (token != null) {
                tokens.put(tag, token);
            }
        }
        known = tokens;
        absent = asked.size() - tokens.size();
        return tokens;
    }
}

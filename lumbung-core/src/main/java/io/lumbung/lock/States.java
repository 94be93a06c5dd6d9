package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.redis.Command;
import io.lumbung.redis.Lane;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looking at locks without being one who wants them. */
final class States {
    private static final Script<LockState> STATE = Script.load(States.class, "state.lua", States::read);
    private static final Script<Boolean> FORCE = Script.load(States.class, "force.lua", reply -> reply.number() == 1);
    private static final Pattern OURS = Pattern.compile("([A-Za-z0-9_-]+\\.[a-z0-9]+)\\|(\\d{1,16})");

    private States() {}

    static Command<LockState> of(KeySpace keys, Key name) {
        LockKeys all = LockKeys.of(keys, name);
        return STATE.on("lock.state", List.of(all.lock(), all.queue()))
                .repeatable()
                .via(Lane.CONTROL);
    }

    static Command<Boolean> force(KeySpace keys, Key name, String channels) {
        return FORCE.on("lock.force", LockKeys.of(keys, name).all(), channels).via(Lane.CONTROL);
    }

    private static LockState read(Reply reply) {
        List<Reply> parts = reply.list();
        int holders = Math.toIntExact(parts.get(3).number());
        Matcher ours = OURS.matcher(parts.get(0).text());
        boolean isOurs = ours.matches();
        long ends = parts.get(1).number();
        return new LockState(
                holders,
                isOurs ? Optional.of(ours.group(1)) : Optional.empty(),
                isOurs ? OptionalLong.of(Long.parseLong(ours.group(2))) : OptionalLong.empty(),
                ends < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(ends)),
                Math.toIntExact(parts.get(2).number()));
    }
}

package io.lumbung.redis;

import io.lumbung.key.StoreKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One command or one script call, ready to be sent any number of times. Immutable.
 *
 * @param <T> what its reply becomes
 */
public final class Command<T> {
    private final String operation;
    private final String name;
    private final @Nullable StoreKey key;
    private final List<byte[]> args;
    private final Function<Reply, T> reader;
    private final boolean repeatable;
    private final Lane lane;
    private final @Nullable Script<T> script;

    private Command(
            String operation,
            String name,
            @Nullable StoreKey key,
            List<byte[]> args,
            Function<Reply, T> reader,
            boolean repeatable,
            Lane lane,
            @Nullable Script<T> script) {
        this.operation = operation;
        this.name = name;
        this.key = key;
        this.args = args;
        this.reader = reader;
        this.repeatable = repeatable;
        this.lane = lane;
        this.script = script;
    }

    /**
     * A command on one key, which is its first argument.
     *
     * @param operation what it is for, in messages and metrics: {@code cache.get}
     * @param name the command as the server knows it, words separated by a space: {@code GET}
     * @param args what follows the key: text, bytes or whole numbers
     */
    public static <T> Command<T> on(
            String operation, String name, StoreKey key, Function<Reply, T> reader, Object... args) {
        return new Command<>(operation, name, key, arguments(args), reader, false, Lane.DATA, null);
    }

    /** A command without a key. */
    public static <T> Command<T> plain(String operation, String name, Function<Reply, T> reader, Object... args) {
        return new Command<>(operation, name, null, arguments(args), reader, false, Lane.DATA, null);
    }

    static <T> Command<T> script(String operation, Script<T> script, List<StoreKey> keys, Object... args) {
        List<byte[]> all = new ArrayList<>(keys.size() + args.length + 1);
        all.add(bytes(keys.size()));
        for (int i = 0; i < keys.size(); i++) {
            all.add(keys.get(i).bytes());
        }
        for (Object arg : args) {
            all.add(bytes(arg));
        }
        return new Command<>(operation, "EVALSHA", keys.get(0), all, script.reader(), false, Lane.DATA, script);
    }

    /** The same command, declared safe to execute twice: it is tried again when its link is cut. */
    public Command<T> repeatable() {
        return new Command<>(operation, name, key, args, reader, true, lane, script);
    }

    /** The same command on another class of connections. */
    public Command<T> via(Lane other) {
        return new Command<>(operation, name, key, args, reader, repeatable, other, script);
    }

    String operation() {
        return operation;
    }

    String name() {
        return name;
    }

    @Nullable
    StoreKey key() {
        return key;
    }

    String keyText() {
        return key == null ? "" : key.text();
    }

    List<byte[]> args() {
        return args;
    }

    Function<Reply, T> reader() {
        return reader;
    }

    boolean isRepeatable() {
        return repeatable;
    }

    Lane lane() {
        return lane;
    }

    @Nullable
    Script<T> script() {
        return script;
    }

    @Override
    public String toString() {
        return operation + " (" + name + ") " + keyText();
    }

    private static List<byte[]> arguments(Object... args) {
        if (args.length == 0) {
            return List.of();
        }
        List<byte[]> all = new ArrayList<>(args.length);
        for (Object arg : args) {
            all.add(bytes(arg));
        }
        return all;
    }

    private static byte[] bytes(Object arg) {
        if (arg instanceof byte[] bytes) {
            return bytes;
        }
        if (arg instanceof StoreKey key) {
            return key.bytes();
        }
        if (arg instanceof String || arg instanceof Long || arg instanceof Integer) {
            return Objects.toString(arg).getBytes(StandardCharsets.UTF_8);
        }
        throw new IllegalArgumentException("a command takes text, bytes and whole numbers, not " + arg.getClass());
    }
}

package io.lumbung.redis;

import io.lumbung.key.StoreKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One Lua script: one file, one state change. It goes over the wire by its SHA-1; a server that does not know it gets
 * the text in the same call, so flushing the scripts at any time goes unnoticed. Immutable.
 *
 * @param <T> what its reply becomes
 */
public final class Script<T> {
    private static final Pattern SHARED = Pattern.compile("(?m)^-- with (\\S+)$");

    private final String name;
    private final String source;
    private final String sha;
    private final Function<Reply, T> reader;

    private Script(String name, String source, Function<Reply, T> reader) {
        this.name = name;
        this.source = source;
        this.reader = reader;
        try {
            this.sha = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /**
     * Loads the script in the file {@code name} beside {@code owner}. A line {@code -- with FILE} in it stands for the text
     * of that file: local functions that several scripts share.
     *
     * @throws IllegalStateException if there is no such file
     */
    public static <T> Script<T> load(Class<?> owner, String name, Function<Reply, T> reader) {
        String shared = SHARED.matcher(read(owner, name))
                .replaceAll(line -> Matcher.quoteReplacement(read(owner, line.group(1))));
        return new Script<>(name, shared, reader);
    }

    private static String read(Class<?> owner, String name) {
        try (InputStream file = owner.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("no script " + name + " beside " + owner.getName());
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read script " + name, e);
        }
    }

    /**
     * A call of this script.
     *
     * @param operation what it is for, in messages and metrics: {@code cache.fill}
     * @param keys all keys it touches, in one slot; at least one
     * @param args text, bytes or whole numbers
     */
    public Command<T> on(String operation, List<StoreKey> keys, Object... args) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("script " + name + " needs at least one key to find its node");
        }
        return Command.script(operation, this, keys, args);
    }

    String source() {
        return source;
    }

    String sha() {
        return sha;
    }

    Function<Reply, T> reader() {
        return reader;
    }

    @Override
    public String toString() {
        return name;
    }
}

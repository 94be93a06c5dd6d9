package io.lumbung.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One command as the client library sends it. It remembers whether a byte of it was ever put on the wire: a command
 * that failed before that was certainly not executed, and no text of an error message has to be believed for it.
 */
final class WireCommand extends AsyncCommand<byte[], byte[], @Nullable Object> {
    private static final Map<String, ProtocolKeyword> KEYWORDS = new ConcurrentHashMap<>();

    private volatile boolean encoded;

    private WireCommand(ProtocolKeyword name, CommandArgs<byte[], byte[]> args) {
        super(new io.lettuce.core.protocol.Command<>(name, new ReplyOutput(), args));
    }

    /** The command as declared; a script goes by its SHA-1. */
    static WireCommand of(Command<?> command) {
        Script<?> script = command.script();
        return script == null ? plain(command) : script(command, "EVALSHA", script.sha());
    }

    /** The same script call with the script's whole text, for a server that does not know it. */
    static WireCommand withSource(Command<?> command, Script<?> script) {
        return script(command, "EVAL", script.source());
    }

    /** A command outside of any {@link Command}. */
    static WireCommand bare(String name, String... args) {
        CommandArgs<byte[], byte[]> all = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (String arg : args) {
            all.add(arg);
        }
        return new WireCommand(keyword(name), all);
    }

    /** Whether some of it may have reached a server. */
    boolean wasEncoded() {
        return encoded;
    }

    /** Whether it failed without leaving this process. */
    boolean wasRejected() {
        return !encoded && isCompletedExceptionally();
    }

    @Override
    public void encode(ByteBuf buffer) {
        encoded = true;
        super.encode(buffer);
    }

    private static WireCommand plain(Command<?> command) {
        String name = command.name();
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        int space = name.indexOf(' ');
        if (space >= 0) {
            for (String word : name.substring(space + 1).split(" ", -1)) {
                args.add(word);
            }
            name = name.substring(0, space);
        }
        if (command.key() != null) {
            args.addKey(command.key().bytes());
        }
        command.args().forEach(args::add);
        return new WireCommand(keyword(name), args);
    }

    private static WireCommand script(Command<?> command, String name, String script) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        List<byte[]> all = command.args();
        args.add(script).add(all.get(0)).addKey(all.get(1));
        for (int i = 2; i < all.size(); i++) {
            args.add(all.get(i));
        }
        return new WireCommand(keyword(name), args);
    }

    private static ProtocolKeyword keyword(String name) {
        ProtocolKeyword known = KEYWORDS.get(name);
        if (known != null) {
            return known;
        }
        return KEYWORDS.computeIfAbsent(name, n -> {
            try {
                return CommandType.valueOf(n);
            } catch (IllegalArgumentException e) {
                return new Word(n, n.getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    /** A command name the client library has no constant for. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Word(String text, byte[] bytes) implements ProtocolKeyword {
        @Override
        public byte[] getBytes() {
            return bytes;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}

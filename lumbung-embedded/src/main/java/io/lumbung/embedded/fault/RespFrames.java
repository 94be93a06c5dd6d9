package io.lumbung.embedded.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Cuts a byte stream into whole commands or whole replies, and keeps the bytes of each exactly as they came. */
final class RespFrames {
    /** Enough to understand {@code HELLO 3 AUTH user password SETNAME name}. */
    private static final int WORDS_KEPT = 8;

    private static final int WORD_LENGTH_KEPT = 256;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 14];
    private final Recording record = new Recording();
    private int position;
    private int limit;
    private String firstElement = "";

    RespFrames(InputStream in) {
        this.in = in;
    }

    /**
     * A command.
     *
     * @param words its first words, long ones shortened
     * @param size how many words it has in all
     */
    @SuppressWarnings("ArrayRecordComponent") // Passed on once, never compared.
    record Request(byte[] bytes, List<String> words, int size) {
        String name() {
            return words.isEmpty() ? "" : words.get(0).toUpperCase(Locale.ROOT);
        }

        String nameAndSubcommand() {
            return words.size() < 2 ? name() : name() + " " + words.get(1).toUpperCase(Locale.ROOT);
        }
    }

    /**
     * A reply or a push message.
     *
     * @param type its first byte; an attribute in front of it is part of it
     * @param first its first element if it has elements and that is a string, else empty
     */
    @SuppressWarnings("ArrayRecordComponent") // Passed on once, never compared.
    record Reply(byte[] bytes, char type, String first) {
        boolean error() {
            return type == '-' || type == '!';
        }
    }

    /** The next command, or null at the end of the stream. */
    @Nullable
    Request request() throws IOException {
        if (atEnd()) {
            return null;
        }
        String head = line();
        if (!head.startsWith("*")) {
            List<String> words =
                    head.isBlank() ? List.of() : List.of(head.strip().split("\\s+", -1));
            return new Request(taken(), words, words.size());
        }
        int size = Integer.parseInt(head.substring(1));
        List<String> words = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int length = Integer.parseInt(line().substring(1));
            int start = record.size();
            pass(length + 2L);
            if (i < WORDS_KEPT) {
                words.add(record.text(start, Math.min(length, WORD_LENGTH_KEPT)));
            }
        }
        return new Request(taken(), words, size);
    }

    /** The next reply or push message, or null at the end of the stream. */
    @Nullable
    Reply reply() throws IOException {
        if (atEnd()) {
            return null;
        }
        String head = value();
        while (head.startsWith("|")) {
            head = value();
        }
        String first = firstElement;
        return new Reply(taken(), head.isEmpty() ? '+' : head.charAt(0), first);
    }

    /** Whatever bytes come next; none at the end of the stream. */
    byte[] some() throws IOException {
        if (atEnd()) {
            return new byte[0];
        }
        byte[] bytes = Arrays.copyOfRange(buffer, position, limit);
        position = limit;
        return bytes;
    }

    /** The bytes of a frame that the end of the stream cut short. */
    byte[] unfinished() {
        return taken();
    }

    /** Passes one value, attributes not counted as one, and returns its first line. */
    private String value() throws IOException {
        firstElement = "";
        String head = line();
        int start = record.size();
        elements(head);
        if (!head.isEmpty() && "*>~".indexOf(head.charAt(0)) >= 0) {
            firstElement = textAt(start);
        }
        return head;
    }

    private void elements(String head) throws IOException {
        switch (head.isEmpty() ? '+' : head.charAt(0)) {
            case '$', '=', '!' -> {
                long length = Long.parseLong(head.substring(1));
                if (length >= 0) {
                    pass(length + 2);
                }
            }
            case '*', '~', '>' -> values(Long.parseLong(head.substring(1)));
            case '%', '|' -> values(2 * Long.parseLong(head.substring(1)));
            default -> {
                // One line was all of it.
            }
        }
    }

    private void values(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            String head = line();
            elements(head);
            while (head.startsWith("|")) {
                head = line();
                elements(head);
            }
        }
    }

    /** The bulk or simple string recorded from {@code start} on, if there is one. */
    private String textAt(int start) {
        String text = record.text(start, WORD_LENGTH_KEPT);
        int lineEnd = text.indexOf("\r\n");
        if (lineEnd < 1) {
            return "";
        }
        String head = text.substring(0, lineEnd);
        if (head.charAt(0) == '+') {
            return head.substring(1);
        }
        if (head.charAt(0) != '$' || head.charAt(1) == '-') {
            return "";
        }
        int from = lineEnd + 2;
        return text.substring(from, (int) Math.min(text.length(), from + Long.parseLong(head.substring(1))));
    }

    private byte[] taken() {
        byte[] bytes = record.toByteArray();
        record.reset();
        return bytes;
    }

    private boolean atEnd() throws IOException {
        return position == limit && !fill();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (atEnd()) {
                throw new EOFException("the stream ended inside a line");
            }
            byte next = buffer[position++];
            record.write(next);
            if (next == '\n') {
                int end = line.length();
                return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
            }
            line.append((char) (next & 0xff));
        }
    }

    private void pass(long count) throws IOException {
        long left = count;
        while (left > 0) {
            if (atEnd()) {
                throw new EOFException("the stream ended inside a value");
            }
            int now = (int) Math.min(left, limit - position);
            record.write(buffer, position, now);
            position += now;
            left -= now;
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    /** Lets a few words be read without copying all that was recorded. */
    private static final class Recording extends ByteArrayOutputStream {
        String text(int start, int length) {
            return new String(buf, start, Math.min(length, count - start), ISO_8859_1);
        }
    }
}

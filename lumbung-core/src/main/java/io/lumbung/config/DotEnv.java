package io.lumbung.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads files of {@code KEY=VALUE} lines, such as {@code .env}.
 *
 * <p>A line is blank, a comment ({@code #}), or an assignment, optionally after {@code export}. An unquoted value ends
 * at {@code " #"}; in single quotes everything stands for itself; in double quotes {@code \n}, {@code \r}, {@code \t}, {@code \$}, {@code \"}
 * and {@code \\} are escapes. Nothing is interpolated and no value spans lines. The last assignment of a name counts.
 */
public final class DotEnv {
    private static final long LARGEST = 1 << 20;
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \\t]*=[ \\t]*(.*)", Pattern.DOTALL);

    private final String name;

    private DotEnv(String name) {
        this.name = name;
    }

    /**
     * The assignments in {@code file}; none if there is no such file.
     *
     * @throws ConfigException naming the line, never its value, if one cannot be read
     */
    public static Map<String, String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        var reader = new DotEnv(String.valueOf(file.getFileName()));
        if (Files.size(file) > LARGEST) {
            throw reader.wrong("it is larger than 1 MiB", "Give the path of a file with KEY=VALUE lines");
        }
        try {
            return reader.assignments(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw reader.wrong("it is not UTF-8", "Save it as UTF-8");
        }
    }

    /**
     * {@code environment}, completed by what {@code file} says about variables that are blank or missing there.
     *
     * @throws ConfigException as {@link #read(Path)} does
     */
    public static Map<String, String> complete(Map<String, String> environment, Path file) throws IOException {
        Map<String, String> complete = new LinkedHashMap<>(read(file));
        environment.forEach((variable, value) -> {
            if (!value.isBlank()) {
                complete.put(variable, value);
            }
        });
        return Collections.unmodifiableMap(complete);
    }

    /** The assignments in {@code text}, as {@link #read(Path)} finds them. */
    public static Map<String, String> parse(String text) {
        return new DotEnv(".env").assignments(text);
    }

    private Map<String, String> assignments(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int number = 0;
        for (String raw : content.split("\r\n|\n|\r", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (!assignment.matches()) {
                throw wrong(number, "it is not an assignment", "Write KEY=VALUE, or begin a comment with '#'");
            }
            found.put(assignment.group(1), value(assignment.group(2), number));
        }
        return Collections.unmodifiableMap(found);
    }

    private String value(String text, int line) {
        if (text.startsWith("'")) {
            int close = text.indexOf('\'', 1);
            checkEnd(text, close, line);
            return text.substring(1, close);
        }
        if (text.startsWith("\"")) {
            return doubleQuoted(text, line);
        }
        if (text.startsWith("#")) {
            return "";
        }
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '#' && Character.isWhitespace(text.charAt(i - 1))) {
                return text.substring(0, i).strip();
            }
        }
        return text;
    }

    private String doubleQuoted(String text, int line) {
        var value = new StringBuilder();
        int i = 1;
        while (i < text.length() && text.charAt(i) != '"') {
            char c = text.charAt(i++);
            if (c != '\\' || i == text.length()) {
                value.append(c);
                continue;
            }
            char escaped = text.charAt(i++);
            switch (escaped) {
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case '"', '\\', '$' -> value.append(escaped);
                default -> value.append('\\').append(escaped);
            }
        }
        checkEnd(text, i < text.length() ? i : -1, line);
        return value.toString();
    }

    private void checkEnd(String text, int close, int line) {
        if (close < 0) {
            throw wrong(line, "a quote is not closed", "Close it on the same line");
        }
        String rest = text.substring(close + 1).strip();
        if (!rest.isEmpty() && !rest.startsWith("#")) {
            throw wrong(line, "something follows the closing quote", "Put the whole value into quotes");
        }
    }

    private ConfigException wrong(int line, String problem, String fix) {
        return new ConfigException(name + " line " + line, null, problem, fix);
    }

    private ConfigException wrong(String problem, String fix) {
        return new ConfigException(name, null, problem, fix);
    }
}

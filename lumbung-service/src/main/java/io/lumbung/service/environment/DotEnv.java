package io.lumbung.service.environment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the lines of a {@code .env} file: {@code KEY=VALUE}, with or without {@code export} in front.
 *
 * <p>Empty lines and lines that start with {@code #} are comments, and so is what follows {@code " #"} behind an
 * unquoted value. In single quotes everything stands for itself; in double quotes {@code \n}, {@code \t}, {@code \"}
 * and {@code \\} are known. A key given twice keeps its last value. A line that is none of this is an error that names
 * the line and never shows its content, which may be a secret.
 */
final class DotEnv {

    private static final Pattern ASSIGNMENT = Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.]*)\\s*=\\s*(.*)");
    private static final Pattern SINGLE_QUOTED = Pattern.compile("'([^']*)'\\s*(?:#.*)?");
    private static final Pattern DOUBLE_QUOTED = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"\\s*(?:#.*)?");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

    private DotEnv() {}

    static Map<String, Object> parse(List<String> lines) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (number == 1 && line.startsWith("\uFEFF")) {
                line = line.substring(1).strip();
            }
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (!assignment.matches()) {
                throw new SettingException(
                        ".env line " + number + " is not KEY=VALUE", "Write KEY=VALUE, or start the line with #.");
            }
            values.put(assignment.group(1), value(assignment.group(2), number));
        }
        return values;
    }

    private static String value(String text, int line) {
        if (text.startsWith("'")) {
            return quoted(SINGLE_QUOTED.matcher(text), line);
        }
        if (text.startsWith("\"")) {
            return ESCAPED.matcher(quoted(DOUBLE_QUOTED.matcher(text), line)).replaceAll(DotEnv::unescaped);
        }
        if (text.startsWith("#")) {
            return "";
        }
        int comment = commentStart(text);
        return (comment < 0 ? text : text.substring(0, comment)).strip();
    }

    private static String quoted(Matcher quotes, int line) {
        if (!quotes.matches()) {
            throw new SettingException(
                    ".env line " + line + " has a quote that is not closed, or something behind the closing quote",
                    "Close the quote; only a comment may follow it.");
        }
        return quotes.group(1);
    }

    private static String unescaped(MatchResult escaped) {
        String plain = switch (escaped.group(1)) {
            case "n" -> "\n";
            case "t" -> "\t";
            case "\"", "\\" -> escaped.group(1);
            default -> escaped.group();
        };
        return Matcher.quoteReplacement(plain);
    }

    private static int commentStart(String text) {
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '#' && Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return -1;
    }
}

package io.lumbung.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes durations as people do: {@code 3s}, {@code 500ms}, {@code 1m30s}, {@code 1.5h}, or ISO-8601. */
final class Durations {
    private static final int LONGEST = 64;
    private static final Pattern PART = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d)");
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

    private Durations() {}

    static Duration parse(String text) throws Wrong {
        if (text.length() > LONGEST) {
            throw new Wrong("it is too long for a duration");
        }
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        if (text.regionMatches(true, sign, "P", 0, 1)) {
            return iso(text);
        }
        Duration duration = parts(text.substring(sign));
        return text.startsWith("-") ? duration.negated() : duration;
    }

    private static Duration iso(String text) throws Wrong {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new Wrong("it is not an ISO-8601 duration");
        }
    }

    private static Duration parts(String text) throws Wrong {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!text.isEmpty() && text.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9')) {
            throw new Wrong("it has no unit");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        while (end < text.length() && part.find(end) && part.start() == end) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanosOf(part.group(2))));
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw new Wrong("it is not a duration");
        }
        return ofNanos(nanos.setScale(0, RoundingMode.DOWN).toBigInteger());
    }

    private static Duration ofNanos(BigInteger nanos) throws Wrong {
        BigInteger[] split = nanos.divideAndRemainder(BILLION);
        if (split[0].bitLength() > 63) {
            throw new Wrong("it is too long for a duration");
        }
        return Duration.ofSeconds(split[0].longValue(), split[1].longValue());
    }

    private static BigDecimal nanosOf(String unit) {
        return BigDecimal.valueOf(
                switch (unit) {
                    case "ns" -> 1L;
                    case "us", "µs", "μs" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    case "d" -> 86_400_000_000_000L;
                    default -> throw new IllegalArgumentException("unit " + unit);
                });
    }

    /** The shortest text that {@link #parse} reads back as {@code duration}. */
    static String text(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.isNegative()) {
            return duration.toString();
        }
        var text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        int nanos = duration.toNanosPart();
        if (nanos % 1_000_000 == 0) {
            append(text, nanos / 1_000_000, "ms");
        } else if (nanos % 1_000 == 0) {
            append(text, nanos / 1_000, "us");
        } else {
            append(text, nanos, "ns");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount != 0) {
            text.append(amount).append(unit);
        }
    }
}

package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Standings as a Markdown table with aligned columns, ready to be pasted. */
final class Table {

    private Table() {}

    /** @param turn what one hit is called */
    static String of(String turn, List<Standing> standings) {
        String baseline = standings.get(0).entrant().name();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "callers",
                "contender",
                turn + "s/s",
                "x " + baseline,
                "min-max",
                "p50 us",
                "p99 us",
                "B/" + turn,
                "misses"));
        Map<Load, Standing> baselines = new HashMap<>();
        for (Standing standing : standings) {
            // The first of each load.
            var first = baselines.computeIfAbsent(standing.load(), load -> standing);
            var ratio = standing.against(first);
            rows.add(List.of(
                    standing.load().toString(),
                    standing.entrant().name(),
                    String.format(ROOT, "%,.0f", standing.hitsPerSecond().median()),
                    String.format(ROOT, "%.2f", ratio.median()),
                    String.format(ROOT, "%.2f-%.2f", ratio.min(), ratio.max()),
                    String.format(ROOT, "%,.0f", standing.latency().getValueAtPercentile(50) / 1e3),
                    String.format(ROOT, "%,.0f", standing.latency().getValueAtPercentile(99) / 1e3),
                    String.format(ROOT, "%,.0f", standing.bytesPerHit()),
                    Long.toString(standing.misses())));
        }
        return layOut(2, rows);
    }

    /** Each aim under each load, as far as both took part. */
    static String ofAims(List<Standing> standings, List<Aim> aims) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("callers", "contender", "against", "times", "min-max", "aim"));
        for (Load load : standings.stream().map(Standing::load).distinct().toList()) {
            Map<String, Standing> byName = new HashMap<>();
            standings.stream()
                    .filter(standing -> standing.load().equals(load))
                    .forEach(standing -> byName.put(standing.entrant().name(), standing));
            for (Aim aim : aims) {
                var contender = byName.get(aim.contender());
                var other = byName.get(aim.against());
                if (contender == null || other == null) {
                    continue;
                }
                var ratio = contender.against(other, aim.measure());
                rows.add(List.of(
                        load.toString(),
                        aim.contender(),
                        aim.against(),
                        String.format(ROOT, "%.2f", ratio.median()),
                        String.format(ROOT, "%.2f-%.2f", ratio.min(), ratio.max()),
                        aim.holdsFor(load)
                                ? aim.measure().inWords(aim.times())
                                : aim.measure().inWords()));
            }
        }
        return layOut(3, rows);
    }

    /** The first row is the heading; the first columns are text, the others numbers. */
    static String layOut(int textColumns, List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < widths.length; i++) {
                String cell = rows.get(r).get(i);
                String padding = " ".repeat(widths[i] - cell.length());
                text.append("| ")
                        .append(i < textColumns ? cell + padding : padding + cell)
                        .append(' ');
            }
            text.append("|\n");
            if (r == 0) {
                for (int i = 0; i < widths.length; i++) {
                    text.append("|-").append("-".repeat(widths[i])).append(i < textColumns ? "-" : ":");
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }
}

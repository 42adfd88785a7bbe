package io.precinct.engine.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A Markdown page as its parts; written again it is the same text, tables and fences with their new content. */
final class Page {
    sealed interface Part {}

    record Prose(String line) implements Part {}

    /** {@code info} stands behind the opening backticks. */
    record Fence(String info, List<String> lines) implements Part {
        String text() {
            return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
        }

        String word() {
            return info.split(" ", 2)[0];
        }

        String rest() {
            return info.contains(" ") ? info.split(" ", 2)[1].strip() : "";
        }
    }

    record Table(List<String> header, List<List<String>> rows) implements Part {}

    private Page() {}

    static List<Part> parse(String text) {
        List<Part> parts = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("```")) {
                int end = i + 1;
                while (!lines.get(end).equals("```")) {
                    end++;
                }
                parts.add(new Fence(line.substring(3).strip(), lines.subList(i + 1, end)));
                i = end;
            } else if (line.startsWith("|")) {
                List<List<String>> rows = new ArrayList<>();
                while (i < lines.size() && lines.get(i).startsWith("|")) {
                    rows.add(cells(lines.get(i)));
                    i++;
                }
                i--;
                parts.add(new Table(rows.getFirst(), rows.subList(2, rows.size())));
            } else {
                parts.add(new Prose(line));
            }
        }
        return parts;
    }

    private static List<String> cells(String line) {
        String inner = line.strip();
        inner = inner.substring(1, inner.length() - 1);
        return Arrays.stream(inner.split("(?<!\\\\)\\|", -1))
                .map(cell -> cell.strip().replace("\\|", "|"))
                .toList();
    }

    static String write(List<Part> parts) {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Prose prose -> text.append(prose.line()).append('\n');
                case Fence fence ->
                    text.append("```")
                            .append(fence.info())
                            .append('\n')
                            .append(fence.text())
                            .append("```\n");
                case Table table -> {
                    text.append(row(table.header()));
                    text.append("|---".repeat(table.header().size())).append("|\n");
                    table.rows().forEach(row -> text.append(row(row)));
                }
            }
        }
        return text.toString();
    }

    private static String row(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}

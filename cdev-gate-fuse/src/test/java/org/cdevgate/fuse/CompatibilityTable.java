package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cdevgate.fuse.CompatibilityContract.Expected;
import org.cdevgate.fuse.CompatibilityContract.Kind;
import org.cdevgate.fuse.CompatibilityContract.Row;
import org.cdevgate.fuse.CompatibilityContract.Situation;

/** The table of docs/fuse.md, between its two markers. */
final class CompatibilityTable {
    private static final Path DOCUMENT = Path.of("../docs/fuse.md");
    private static final String BEGIN = "<!-- compatibility table: begin -->\n";
    private static final String END = "<!-- compatibility table: end -->\n";

    private final StringBuilder lines = new StringBuilder();
    private final Set<String> reasons = new LinkedHashSet<>();

    CompatibilityTable() {
        List<String> titles = new ArrayList<>(List.of("call"));
        for (Situation situation : Situation.values()) {
            titles.add(situation.title);
        }
        line(titles);
        line(titles.stream().map(unused -> "---").toList());
    }

    private void line(List<String> cells) {
        lines.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /**
     * Adds a row.
     *
     * @param seen what was observed, one for each situation
     */
    void add(Row row, List<String> seen) {
        List<String> cells = new ArrayList<>();
        boolean one = row.kinds().size() < Kind.values().length;
        cells.add(row.name() + (one ? ", " + lower(row.kinds().get(0)) : ""));
        for (int i = 0; i < seen.size(); i++) {
            cells.add(seen.get(i) + mark(row.expected().get(i)));
        }
        line(cells);
    }

    private static String lower(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private String mark(Expected expected) {
        if (expected.reason().isEmpty()) {
            return "";
        }
        reasons.add(expected.reason());
        return " (" + (new ArrayList<>(reasons).indexOf(expected.reason()) + 1) + ")";
    }

    /** The table, and below it the reasons that its numbers in parentheses stand for. */
    String text() {
        StringBuilder text = new StringBuilder(lines).append('\n');
        int number = 0;
        for (String reason : reasons) {
            text.append(++number).append(". ").append(reason).append('\n');
        }
        return text.toString();
    }

    /** What stands in the document. */
    static String inDocument() throws IOException {
        String document = read();
        return document.substring(start(document), end(document));
    }

    /** Puts a table into the document. */
    static void write(String table) throws IOException {
        String document = read();
        Files.writeString(
                DOCUMENT,
                document.substring(0, start(document)) + table + document.substring(end(document)),
                StandardCharsets.UTF_8);
    }

    private static String read() throws IOException {
        return Files.readString(DOCUMENT, StandardCharsets.UTF_8);
    }

    private static int start(String document) {
        return find(document, BEGIN) + BEGIN.length();
    }

    private static int end(String document) {
        return find(document, END);
    }

    private static int find(String document, String marker) {
        int at = document.indexOf(marker);
        if (at < 0) {
            throw new AssertionError(DOCUMENT + " has no line " + marker);
        }
        return at;
    }
}

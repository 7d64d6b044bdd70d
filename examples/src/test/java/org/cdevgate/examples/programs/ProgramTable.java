package org.cdevgate.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The table in docs/real-programs.md, which each test compares its own row with. With {@code
 * -Dcdevgate.programs.write=true} the row is written instead. The version of the program, which
 * comes with the machine, is not compared.
 */
final class ProgramTable {
    private static final String WRITE = "cdevgate.programs.write";
    private static final String BEGIN = "<!-- programs: begin -->\n";
    private static final String END = "<!-- programs: end -->\n";
    private static final Path DOCUMENT = document();

    private ProgramTable() {}

    private static Path document() {
        Path inModule = Path.of("../docs/real-programs.md");
        return Files.exists(inModule) ? inModule : Path.of("docs/real-programs.md");
    }

    /**
     * One row.
     *
     * @param order where it stands: the number of the device in the document
     * @param program the command, as a person would type it
     * @param version its package and that one's version
     * @param did what it did before the removal
     * @param said what it said at the removal, and its exit status
     * @param kernel what the same kind of device answers on a real kernel
     */
    record Row(int order, String program, String version, String did, String said, String kernel) {
        private String line() {
            return String.join(
                            " | ",
                            "| " + order,
                            "`" + cell(program) + "`",
                            cell(version),
                            cell(did),
                            cell(said),
                            cell(kernel))
                    + " |\n";
        }

        private static String cell(String text) {
            return text.strip().replace("\n", " / ").replace("|", "\\|");
        }
    }

    /** Holds a row against the document, or writes it. */
    static void check(Row row) throws IOException {
        String text = Files.readString(DOCUMENT, StandardCharsets.UTF_8);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        List<String> lines =
                new ArrayList<>(Arrays.asList(text.substring(begin, end).split("(?<=\n)")));
        lines.removeIf(String::isBlank);
        String key = "| " + row.order() + " | `" + Row.cell(row.program()) + "` |";
        if (Boolean.getBoolean(WRITE)) {
            List<String> rows = new ArrayList<>(lines.subList(2, lines.size()));
            rows.removeIf(line -> line.startsWith(key));
            rows.add(row.line());
            rows.sort(Comparator.comparingInt(ProgramTable::order));
            Files.writeString(
                    DOCUMENT,
                    text.substring(0, begin)
                            + lines.get(0)
                            + lines.get(1)
                            + String.join("", rows)
                            + text.substring(end),
                    StandardCharsets.UTF_8);
        } else {
            String found =
                    lines.stream().filter(line -> line.startsWith(key)).findFirst().orElse("");
            assertEquals(
                    withoutVersion(row.line()),
                    withoutVersion(found),
                    "docs/real-programs.md shows something else; -D" + WRITE + "=true writes it");
        }
    }

    private static int order(String line) {
        return Integer.parseInt(line.split(" ", 3)[1]);
    }

    private static String withoutVersion(String line) {
        String[] cells = line.split(" \\| ", -1);
        if (cells.length > 2) {
            cells[2] = "";
        }
        return String.join(" | ", cells);
    }
}

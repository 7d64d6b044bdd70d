package org.cdevgate.drivers.kind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page tells of every kind what the kind says of itself. */
class KindsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "..", "docs", "drivers.md");
    private static final String BEGIN = "<!-- kinds: begin -->\n";
    private static final String END = "<!-- kinds: end -->\n";

    /** Set, it has the table written instead of compared. */
    private static final String WRITE = "cdevgate.kinds.write";

    @Test
    void theTableHasEveryKindWithItsOptions() throws IOException {
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        assertTrue(begin >= BEGIN.length() && end >= begin, DOCUMENT + " has lost its table");
        String table =
                "| kind | a device that | options |\n| --- | --- | --- |\n"
                        + DeviceKinds.load(DeviceKinds.class.getClassLoader()).all().stream()
                                .map(KindsDocumentTest::row)
                                .collect(Collectors.joining());
        if (System.getProperty(WRITE) != null) {
            Files.writeString(
                    DOCUMENT, document.substring(0, begin) + table + document.substring(end));
        } else {
            assertEquals(
                    table,
                    document.substring(begin, end),
                    "write it anew: mvn test -Dtest=KindsDocumentTest -D" + WRITE + "=true");
        }
    }

    private static String row(DeviceKind kind) {
        String options =
                kind.options().stream()
                        .map(KindsDocumentTest::option)
                        .collect(Collectors.joining("<br>"));
        return "| `" + kind.name() + "` | " + kind.help() + " | " + options + " |\n";
    }

    private static String option(KindOption option) {
        String value = option.standard().isEmpty() ? "…" : option.standard();
        return "`" + option.name() + "=" + value + "` " + option.help();
    }
}

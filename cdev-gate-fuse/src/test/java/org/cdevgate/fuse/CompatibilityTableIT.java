package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.fuse.CompatibilityContract.Row;
import org.cdevgate.fuse.CompatibilityContract.Situation;
import org.cdevgate.fuse.harness.ClientProcess;
import org.junit.jupiter.api.Test;

/**
 * What a process is answered by a node is what the contract says and what docs/fuse.md shows. With
 * {@code -Dcdevgate.compatibility.write=true} the document is written anew.
 */
class CompatibilityTableIT extends MountBase {
    private static final String WRITE = "cdevgate.compatibility.write";

    @Test
    void everyAnswerIsThatOfTheContractAndOfTheDocument() throws Exception {
        List<String> breaches = new ArrayList<>();
        CompatibilityTable table = new CompatibilityTable();
        try (ClientProcess asking = ClientProcess.start()) {
            CompatibilityProbe probe = new CompatibilityProbe(mount, asking);
            for (Row row : CompatibilityContract.ROWS) {
                List<String> seen = new ArrayList<>();
                for (Situation situation : Situation.values()) {
                    String answer;
                    try {
                        answer = probe.observe(row, situation);
                    } catch (AssertionError e) {
                        throw new AssertionError(row.name() + ", " + situation.title, e);
                    }
                    String expected = row.expected().get(seen.size()).text();
                    if (!answer.equals(expected)) {
                        breaches.add(
                                row.name()
                                        + ", "
                                        + situation.title
                                        + ": "
                                        + answer
                                        + ", not "
                                        + expected);
                    }
                    seen.add(answer);
                }
                table.add(row, seen);
            }
        }
        assertEquals(List.of(), breaches, "answers that a program does not expect");
        if (Boolean.getBoolean(WRITE)) {
            CompatibilityTable.write(table.text());
        }
        assertEquals(
                table.text(),
                CompatibilityTable.inDocument(),
                "docs/fuse.md shows other answers than processes get; -D"
                        + WRITE
                        + "=true writes it");
    }
}

package org.cdevgate.gate.stress.proposals;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProposalsTest {
    private static final Path DOCUMENT = Path.of("../../docs/stress.md");

    @Test
    void theMatrixOfTheDocumentIsWhatTheCommandPrints() throws Exception {
        String matrix = Proposals.matrix().toString();
        assertTrue(
                Files.readString(DOCUMENT).contains("\n" + matrix),
                () -> "docs/stress.md shows another matrix than this:\n" + matrix);
    }
}

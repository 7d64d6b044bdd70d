package org.cdevgate.fuse.libc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcNumbersTest {
    private final int pid = Libc.CALLS.getpid();

    private static String status(String numbers) {
        return "Name:\tjava\nNStgid:\t1\t2\nNSpid:\t" + numbers + "\nNSpgid:\t1\n";
    }

    @Test
    void theNumbersOfAProcWithThisProcessUnderItsOwnAreOurs() throws Exception {
        assertTrue(ProcNumbers.areOurs(Files.readString(Path.of(ProcNumbers.SELF))));
        assertTrue(ProcNumbers.areOurs(status("" + pid)));
    }

    @Test
    void thoseOfANamespaceAboveAreNotEvenIfTheyHappenToBeEqual() {
        assertFalse(ProcNumbers.areOurs(status(pid + "\t1")));
        assertFalse(ProcNumbers.areOurs(status(pid + "\t" + pid)));
        assertFalse(ProcNumbers.areOurs(status("1" + pid)));
        assertFalse(ProcNumbers.areOurs("Name:\tjava\n"));
    }
}

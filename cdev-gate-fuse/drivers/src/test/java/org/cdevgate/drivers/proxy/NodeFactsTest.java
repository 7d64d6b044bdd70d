package org.cdevgate.drivers.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.gate.removal.RemovalProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFactsTest {
    @TempDir Path folder;

    @Test
    void aTerminalHangsUpAndOthersVanish() throws Exception {
        try (Pty pty = new Pty()) {
            assertEquals(RemovalProfile.TTY, NodeFacts.of(pty.path()).family());
        }
        assertEquals(RemovalProfile.TTY, NodeFacts.of(Path.of("/dev/ptmx")).family());
        NodeFacts nothing = NodeFacts.of(Path.of("/dev/null"));
        assertEquals(RemovalProfile.EVDEV, nothing.family());
        assertFalse(nothing.size().isPresent(), "it has no positions");
    }

    private static void expectRefusal(Path path, String message) {
        String told =
                assertThrows(InvalidSpecException.class, () -> NodeFacts.of(path)).getMessage();
        assertTrue(told.contains(path + message), told);
    }

    @Test
    void whatCannotBeStoodInForIsRefused() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        expectRefusal(fifo, " is a FIFO, whose opens wait for each other; give a device node");
        expectRefusal(folder, " is no device node; give one");
        expectRefusal(folder.resolve("no"), " does not exist; give the path of a device node");
    }

    @Test
    void whoMayNotOpenANodeIsToldOfItsGroup() throws Exception {
        assertEquals("run this as root", NodeFacts.remedy(Path.of("/dev/null")));
        String remedy = NodeFacts.remedy(Path.of("/dev/tty"));
        assertTrue(remedy.contains("usermod -aG tty USER") || remedy.endsWith("root"), remedy);
    }
}

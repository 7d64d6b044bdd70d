package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cdevgate.abi.OpenFlags;
import org.junit.jupiter.api.Test;

class GateBuilderTest {
    private final FileOperations driver = new FileOperations() {};

    @Test
    void whatIsMissingIsSaidAtOnce() {
        assertThrows(NullPointerException.class, () -> FopsGate.of(null, driver));
        assertThrows(NullPointerException.class, () -> FopsGate.of("device", null));
        assertThrows(IllegalArgumentException.class, () -> FopsGate.of("", driver));
        GateBuilder builder = FopsGate.builder("device", driver);
        assertThrows(NullPointerException.class, () -> builder.wakeHook(null));
        assertThrows(NullPointerException.class, () -> builder.onTeardown(null));
        assertThrows(NullPointerException.class, () -> builder.seekable(null));
    }

    @Test
    void aGateTellsItsState() {
        FopsGate gate = FopsGate.of("lamp", driver);
        assertEquals("lamp", gate.name());
        assertFalse(gate.front().isSeekable());
        assertEquals("gate of lamp", gate.toString());
        assertFalse(gate.isRemoving());
        gate.beginRemoval();
        assertTrue(gate.isRemoving());
        assertFalse(gate.isRemoved());
        assertEquals("gate of lamp (removing)", gate.toString());
        gate.awaitRemoval();
        assertTrue(gate.isRemoving(), "sticky: a driver may look late");
        assertTrue(gate.isRemoved());
        assertEquals("gate of lamp (removed)", gate.toString());
    }

    @Test
    void aFileKnowsHowItWasOpened() throws Exception {
        FopsGate gate = FopsGate.of("lamp", driver);
        OpenFile reader = gate.front().open(OpenFlags.O_RDONLY, Answers.LOCAL);
        OpenFile writer =
                gate.front().open(OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, Answers.LOCAL);
        OpenFile both = Answers.open(gate);
        assertTrue(reader.isReadable() && !reader.isWritable() && !reader.isNonBlocking());
        assertTrue(!writer.isReadable() && writer.isWritable() && writer.isNonBlocking());
        assertTrue(both.isReadable() && both.isWritable());
        assertEquals(3, gate.openFiles().size());
        gate.front().close(writer);
        assertEquals(2, gate.openFiles().size());
        gate.unregisterSync();
    }

    @Test
    void aSecondWakeHookIsRefused() {
        GateBuilder builder = FopsGate.builder("modem", new FileOperations() {}).wakeHook(() -> {});
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> builder.wakeHook(() -> {}));
        assertTrue(refused.getMessage().contains("modem"), refused.getMessage());
    }
}

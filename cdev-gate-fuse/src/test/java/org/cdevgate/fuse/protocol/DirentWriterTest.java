package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirentWriterTest {
    private final ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
    private final DirentWriter writer = new DirentWriter();

    @BeforeEach
    void fillWithWhatAnEarlierMessageLeft() {
        Arrays.fill(buffer.array(), (byte) 0xee);
    }

    @Test
    void entriesAreAlignedAndPaddedWithZeros() {
        writer.begin(buffer, 16, 400);
        assertTrue(writer.add(5, 1, 8, FuseName.encode("null")));
        assertTrue(writer.add(6, 2, 4, FuseName.encode("12345678")));

        assertAll(
                () -> assertEquals(32 + 32, writer.bytes()),
                () -> assertEquals(5, buffer.getLong(16)),
                () -> assertEquals(1, buffer.getLong(24)),
                () -> assertEquals(4, buffer.getInt(32)),
                () -> assertEquals(8, buffer.getInt(36)),
                () -> assertEquals('n', buffer.get(40)),
                () -> assertEquals(0, buffer.getInt(44), "earlier bytes reach user space"),
                () -> assertEquals(6, buffer.getLong(48)),
                () -> assertEquals('8', buffer.get(79)),
                () -> assertEquals((byte) 0xee, buffer.get(80)));
    }

    @Test
    void anEntryThatDoesNotFitWritesNothing() {
        writer.begin(buffer, 0, 63);
        assertTrue(writer.add(5, 1, 8, FuseName.encode("null")));
        assertFalse(writer.add(6, 2, 8, FuseName.encode("full")));
        assertEquals(32, writer.bytes());
        assertEquals(0xeeeeeeee, buffer.getInt(32));
    }

    @Test
    void aRegionOutsideTheBufferIsRefusedAtOnce() {
        assertThrows(IndexOutOfBoundsException.class, () -> writer.begin(buffer, 16, 500));
    }
}

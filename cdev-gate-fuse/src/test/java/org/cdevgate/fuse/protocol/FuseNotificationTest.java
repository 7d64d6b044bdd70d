package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FuseNotificationTest {
    private final ByteBuffer buffer = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());

    private void assertHeader(int expectedLength, int code, int length) {
        assertEquals(expectedLength, length);
        assertEquals(expectedLength, buffer.getInt(0));
        assertEquals(code, buffer.getInt(4), "notify code, positive");
        assertEquals(0, buffer.getLong(8), "unique");
    }

    @Test
    void pollNamesTheHandle() {
        assertHeader(24, 1, FuseNotification.poll(buffer, 0, 77));
        assertEquals(77, buffer.getLong(16));
    }

    @Test
    void invalidateInodeNamesTheRange() {
        assertHeader(40, 2, FuseNotification.invalidateInode(buffer, 0, 5, -1, 8));
        assertAll(
                () -> assertEquals(5, buffer.getLong(16)),
                () -> assertEquals(-1, buffer.getLong(24)),
                () -> assertEquals(8, buffer.getLong(32)));
    }
}

package org.cdevgate.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Strings in a C struct. */
class CStringTest {
    private final ByteBuffer data = ByteBuffer.allocateDirect(16);

    @Test
    void aFieldComesBackAsItWasPut() throws Exception {
        for (String text : new String[] {"", "a", "Gr\u00f6\u00dfe", "1234567"}) {
            for (int i = 0; i < 16; i++) {
                data.put(i, (byte) 'x');
            }
            CString.put(data, 4, 8 + (text.length() > 4 ? 2 : 0), text);
            assertEquals(text, CString.get(data, 4, 8 + (text.length() > 4 ? 2 : 0)));
            assertEquals('x', data.get(3));
            assertEquals('x', data.get(14));
            assertEquals(0, data.get(11), "what stood there before is told");
            assertEquals(0, data.position());
        }
    }

    @Test
    void aTextThatDoesNotFitIsRefusedWithTheSize() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> CString.put(data, 0, 8, "12345678"));
        assertTrue(e.getMessage().contains("8 bytes") && e.getMessage().contains("size 8"));
        assertEquals(0, data.get(0), "half of it was written");
        assertThrows(IllegalArgumentException.class, () -> CString.put(data, 0, 8, "1\0" + "2"));
        assertThrows(IllegalArgumentException.class, () -> CString.put(data, 0, 0, ""));
        IndexOutOfBoundsException outside =
                assertThrows(IndexOutOfBoundsException.class, () -> CString.put(data, 12, 5, "a"));
        assertTrue(outside.getMessage().contains("size 5"), outside.getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> CString.put(data, -1, 5, "a"));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> CString.put(data, Integer.MAX_VALUE, Integer.MAX_VALUE, "a"));
    }

    @Test
    void aFieldWithoutItsNulIsTheProcessesError() {
        for (int i = 0; i < 16; i++) {
            data.put(i, (byte) 'x');
        }
        ErrnoException e = assertThrows(ErrnoException.class, () -> CString.get(data, 0, 8));
        assertEquals(Errno.EINVAL.number(), e.errno());
        assertTrue(e.getMessage().contains("8 bytes"), e.getMessage());
    }
}

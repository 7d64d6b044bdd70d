package org.cdevgate.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuseNameTest {
    @Test
    void wellFormedNamesAreTheirUtf8() {
        for (String name : new String[] {"ttyS0", "Gerät", "設備", "\uD83D\uDE80"}) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            assertEquals(name, decode(bytes));
            assertEquals(name, FuseName.decode(bytes));
            assertArrayEquals(bytes, FuseName.encode(name));
        }
    }

    @Test
    void latin1BytesSurviveWithoutCollidingWithUtf8() {
        byte[] latin1 = {'G', 'e', 'r', (byte) 0xe4, 't'};
        assertEquals("Ger\uDCE4t", decode(latin1));
        assertArrayEquals(latin1, FuseName.encode("Ger\uDCE4t"));
    }

    @Test
    void everySequenceOfBytesComesBackUnchanged() {
        Random random = new Random(11);
        for (int i = 0; i < 50_000; i++) {
            byte[] name = new byte[1 + random.nextInt(12)];
            random.nextBytes(name);
            assertArrayEquals(name, FuseName.encode(decode(name)));
        }
    }

    @Test
    void truncatedSequenceAtTheEndIsKept() {
        byte[] cut = {'a', (byte) 0xf0, (byte) 0x9f, (byte) 0x9a};
        assertArrayEquals(cut, FuseName.encode(decode(cut)));
    }

    @Test
    void anUnpairedSurrogateThatStandsForNoByteIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> FuseName.encode("a\uD800"));
        assertThrows(IllegalArgumentException.class, () -> FuseName.encode("\uDC41"));
    }

    private static String decode(byte[] name) {
        return FuseName.decode(ByteBuffer.wrap(name), 0, name.length);
    }
}

package org.cdevgate.cli.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What counts as a word that a program did not say before. */
class OutputTest {
    private static Output of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Output(bytes.length, bytes);
    }

    @Test
    void timesProcessIdsAndAddressesMakeNoNewLine() {
        Output base = of("12:00:01 socat[17] read(5, 0x561430405000, 8192)\n");
        assertNull(of("12:30:59 socat[4711] read(5, 0x55ed26d9cabc, 8192)\n").newLine(base));
        assertEquals(
                "12:30:59 socat[4711] write(5, 0x55ed26d9cabc, 8192)",
                of("12:30:59 socat[4711] write(5, 0x55ed26d9cabc, 8192)\n").newLine(base));
    }

    @Test
    void theFirstNewLineIsTakenAndBlankOnesAreNone() {
        assertEquals("gone", of("hello\n\n  \ngone\nbye\n").newLine(of("hello\n")));
        assertNull(of("\n \n").newLine(of("")));
        assertNull(of("").newLine(of("hello\n")));
    }

    @Test
    void aTracebackIsToldByItsLastLine() {
        String text =
                "Traceback (most recent call last):\n"
                        + "  File \"sensor.py\", line 5, in <module>\n"
                        + "OSError: [Errno 19] No such device: '/dev/sensor0'\n";
        assertEquals(
                "OSError: [Errno 19] No such device: '/dev/sensor0'", of(text).newLine(of("")));
    }

    @Test
    void outputIsTheSameByteForByte() {
        assertTrue(of("a 1\n").isSame(of("a 1\n")));
        assertFalse(of("a 1\n").isSame(of("a 2\n")), "numbers count there");
        assertFalse(of("a").isSame(of("a\n")));
    }
}

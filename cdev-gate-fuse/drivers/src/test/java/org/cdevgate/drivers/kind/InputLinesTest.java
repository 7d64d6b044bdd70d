package org.cdevgate.drivers.kind;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InputLinesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void expect(LineSource lines, String line) {
        await().until(() -> lines.peek() != null);
        assertArrayEquals(bytes(line), lines.peek());
        lines.next();
    }

    /** Who feeds a device by hand sees each line arrive, and not the first after the last. */
    @Test
    void linesComeAsTheyAreWritten() throws Exception {
        PipedOutputStream hand = new PipedOutputStream();
        LineSource lines = new InputLines(new PipedInputStream(hand), 100);
        assertNull(lines.peek());
        hand.write(bytes("one\nt"));
        hand.flush();
        expect(lines, "one\n");
        assertNull(lines.peek(), "a line without its end");
        assertFalse(lines.isOver());
        hand.write(bytes("wo\nthree"));
        hand.close();
        expect(lines, "two\n");
        expect(lines, "three");
        await().until(lines::isOver);
    }

    @Test
    void aLineThatIsTooLongComesInParts() {
        LineSource lines = new InputLines(new ByteArrayInputStream(bytes("abcdefgh\nij")), 4);
        expect(lines, "abcd");
        expect(lines, "efgh");
        expect(lines, "\n");
        expect(lines, "ij");
        await().until(lines::isOver);
    }
}

package org.cdevgate.cli.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Lines as they come from clients. */
class LineReaderTest {
    private static LineReader reader(String text) {
        return new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 10);
    }

    @Test
    void linesComeOneByOneTheLastWithoutItsEnd() throws Exception {
        LineReader reader = reader("eins\n\nzw\u00f6lf");
        assertEquals("eins", reader.next());
        assertEquals("", reader.next());
        assertEquals("zw\u00f6lf", reader.next());
        assertNull(reader.next());
        assertNull(reader.next());
    }

    @Test
    void aLineMayBeAsLongAsTheBoundAndNotLonger() throws Exception {
        LineReader reader = reader("0123456789\n0123456789x\nnext\n0123456789012");
        assertEquals("0123456789", reader.next());
        Refusal refusal = assertThrows(Refusal.class, reader::next);
        assertEquals(Refusal.Code.TOO_LONG, refusal.code());
        assertTrue(refusal.getMessage().contains("longer than 10 bytes"));
        assertEquals("next", reader.next());
        assertThrows(Refusal.class, reader::next);
        assertNull(reader.next());
    }

    @Test
    void whatArrivesInPiecesIsOneLine() throws Exception {
        InputStream pieces =
                new ByteArrayInputStream("a line\n".getBytes(StandardCharsets.US_ASCII)) {
                    @Override
                    public synchronized int read(byte[] bytes, int from, int length) {
                        return super.read(bytes, from, Math.min(1, length));
                    }
                };
        assertEquals("a line", new LineReader(pieces, 10).next());
    }
}

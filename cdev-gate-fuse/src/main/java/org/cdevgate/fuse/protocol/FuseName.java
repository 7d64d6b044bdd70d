package org.cdevgate.fuse.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names between the kernel's bytes and Java's strings.
 *
 * <p>A Linux name is any sequence of bytes but NUL and {@code '/'}. Well-formed UTF-8 is decoded as
 * such. Each byte {@code b} that is not part of well-formed UTF-8 becomes the lone surrogate {@code
 * U+DC00 + b}, which no well-formed text contains, so that two different names never decode to the
 * same string and {@link #encode} gives the original bytes back (Python's {@code surrogateescape}).
 */
public final class FuseName {
    private static final char ESCAPE_BASE = '\uDC00';
    private static final char ESCAPE_FIRST = '\uDC80';
    private static final char ESCAPE_LAST = '\uDCFF';

    private FuseName() {}

    /** Decodes {@code length} bytes at {@code offset}; allocates the string and its work space. */
    static String decode(ByteBuffer buffer, int offset, int length) {
        ByteBuffer in = buffer.duplicate().position(offset).limit(offset + length);
        CharBuffer out = CharBuffer.allocate(length); // UTF-8 never yields more chars than bytes
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            for (int i = result.length(); i > 0; i--) {
                out.put((char) (ESCAPE_BASE + (in.get() & 0xff)));
            }
            result = decoder.reset().decode(in, out, true);
        }
        return out.flip().toString();
    }

    /**
     * Returns the text of a name, as the kernel's requests give it: the inverse of {@link #encode}.
     * Allocates.
     *
     * @param name its bytes, without a NUL
     */
    public static String decode(byte[] name) {
        return decode(ByteBuffer.wrap(name), 0, name.length);
    }

    /**
     * Returns the bytes of a name, without a NUL: the inverse of how {@link FuseRequest#name}
     * decodes. Allocates.
     *
     * @param name a name as decoded here or any well-formed text; not null
     * @throws IllegalArgumentException if the name has a surrogate that is neither half of a pair
     *     nor an escaped byte
     */
    public static byte[] encode(String name) {
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(name.length(), 3));
        int index = 0;
        while (index < name.length()) {
            int codePoint = name.codePointAt(index);
            if (codePoint >= ESCAPE_FIRST && codePoint <= ESCAPE_LAST) {
                out.put((byte) (codePoint - ESCAPE_BASE));
            } else if (codePoint >= Character.MIN_SURROGATE
                    && codePoint <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException(
                        String.format(
                                "the name has the unpaired surrogate U+%04X at index %d, which"
                                        + " stands for no byte; use well-formed text",
                                codePoint, index));
            } else {
                out.put(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
            index += Character.charCount(codePoint);
        }
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }
}

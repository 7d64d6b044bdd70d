package org.cdevgate.abi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Strings in the data of an ioctl(2) or another C struct: a field of so many bytes, in it UTF-8 and
 * a NUL. Positions and limits of buffers are neither used nor changed.
 *
 * <pre>{@code
 * String name = CString.get(data, 4, 32); // char name[32] at offset 4, as a process filled it
 * CString.put(data, 4, 32, "eth0");       // with NULs to the end of the field
 * }</pre>
 *
 * <p>Pure functions; the buffer is the caller's.
 */
public final class CString {
    private CString() {}

    /**
     * Reads a field that a process has filled.
     *
     * @param index of its first byte
     * @param size bytes of the field, 1 or more
     * @return what stands before the first NUL; what is no UTF-8 becomes U+FFFD
     * @throws ErrnoException EINVAL if there is no NUL in the field: the process forgot it
     * @throws IndexOutOfBoundsException if the field does not lie within the buffer's limit
     */
    public static String get(ByteBuffer data, int index, int size) throws ErrnoException {
        check(data, index, size);
        for (int length = 0; length < size; length++) {
            if (data.get(index + length) == 0) {
                byte[] bytes = new byte[length];
                data.get(index, bytes);
                return new String(bytes, StandardCharsets.UTF_8);
            }
        }
        throw new ErrnoException(
                Errno.EINVAL, "no NUL in the " + size + " bytes of the string at " + index);
    }

    /**
     * Fills a field: the text, a NUL, and NULs to its end, so that nothing else is told with it
     * (strscpy_pad() of linux/string.h).
     *
     * @param index of its first byte
     * @param size bytes of the field, 1 or more
     * @throws IllegalArgumentException if the text with its NUL does not fit, or has a NUL itself;
     *     nothing is written then
     * @throws IndexOutOfBoundsException if the field does not lie within the buffer's limit
     */
    public static void put(ByteBuffer data, int index, int size, String text) {
        check(data, index, size);
        byte[] bytes = Objects.requireNonNull(text, "text").getBytes(StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "text \"" + text.replace("\0", "\\0") + "\" has a NUL, which would end it");
        }
        if (bytes.length >= size) {
            throw new IllegalArgumentException(
                    "text \""
                            + text
                            + "\" has "
                            + bytes.length
                            + " bytes and a NUL, its field size "
                            + size
                            + "; shorten it, between two characters");
        }
        data.put(index, bytes);
        for (int i = bytes.length; i < size; i++) {
            data.put(index + i, (byte) 0);
        }
    }

    private static void check(ByteBuffer data, int index, int size) {
        Objects.requireNonNull(data, "data");
        if (size < 1) {
            throw new IllegalArgumentException("size " + size + " of a string; 1 or more");
        }
        if (index < 0 || size > data.limit() - index) {
            throw new IndexOutOfBoundsException(
                    "a string of size "
                            + size
                            + " at index "
                            + index
                            + " does not lie within the limit "
                            + data.limit());
        }
    }
}

package org.cdevgate.abi;

/**
 * Encodes, decodes and prints ioctl(2) commands: static functions on the 32-bit number.
 *
 * <p>Layout of asm-generic/ioctl.h: nr in bits 0–7, type in bits 8–15, argument size in bits 16–29,
 * direction in bits 30–31. The direction is the caller's: WRITE means that the caller passes data
 * in, READ that it gets data back. A command without direction and size (many old ones, such as
 * TCGETS 0x5401) passes a bare argument, often a pointer that nobody copies.
 *
 * <p><b>In a switch</b> a command has to be a constant of the compiler's, which the result of a
 * method is not. So put it together as the macros of linux/ioctl.h do, from the constants here; a
 * test that compares it with {@link #ior} and its siblings finds a slip:
 *
 * <pre>{@code
 * static final int GET_COUNT = // _IOR('K', 1, int)
 *         IoctlCommand.IOR
 *                 | Integer.BYTES << IoctlCommand.SIZE_SHIFT
 *                 | 'K' << IoctlCommand.TYPE_SHIFT
 *                 | 1;
 *
 * switch (command) {
 *     case GET_COUNT -> data.putInt(0, count);
 *     default -> throw Errno.ENOTTY.exception();
 * }
 * }</pre>
 *
 * <p>Pure functions, safe for any thread.
 */
public final class IoctlCommand {
    /** _IOC_NONE: no data travels. */
    public static final int NONE = 0;

    /** _IOC_WRITE: the caller passes data to the driver. */
    public static final int WRITE = 1;

    /** _IOC_READ: the driver gives data to the caller. */
    public static final int READ = 2;

    /** The largest argument the encoding holds, in bytes. */
    public static final int MAX_SIZE = (1 << 14) - 1;

    /** _IOC_TYPESHIFT: where the type stands, one byte. */
    public static final int TYPE_SHIFT = 8;

    /** _IOC_SIZESHIFT: where the size stands, 14 bits. */
    public static final int SIZE_SHIFT = 16;

    /** _IOC_DIRSHIFT: where the direction stands. */
    public static final int DIR_SHIFT = 30;

    /** _IO of linux/ioctl.h as a part of a constant: no data travels. */
    public static final int IO = NONE << DIR_SHIFT;

    /** _IOW as a part of a constant: the caller passes data to the driver. */
    public static final int IOW = WRITE << DIR_SHIFT;

    /** _IOR as a part of a constant: the driver gives data to the caller. */
    public static final int IOR = READ << DIR_SHIFT;

    /** _IOWR as a part of a constant: data travel both ways. */
    public static final int IOWR = (READ | WRITE) << DIR_SHIFT;

    private IoctlCommand() {}

    /** _IO(type, nr): no data. */
    public static int io(int type, int nr) {
        return encode(NONE, type, nr, 0);
    }

    /** _IOR(type, nr, size): the driver gives {@code size} bytes to the caller. */
    public static int ior(int type, int nr, int size) {
        return encode(READ, type, nr, size);
    }

    /** _IOW(type, nr, size): the caller passes {@code size} bytes to the driver. */
    public static int iow(int type, int nr, int size) {
        return encode(WRITE, type, nr, size);
    }

    /** _IOWR(type, nr, size): {@code size} bytes travel both ways. */
    public static int iowr(int type, int nr, int size) {
        return encode(READ | WRITE, type, nr, size);
    }

    /**
     * _IOC(dir, type, nr, size).
     *
     * @param dir {@link #NONE}, or {@link #READ} and {@link #WRITE} or-ed
     * @param type 0–255, usually a letter
     * @param nr 0–255
     * @param size 0–{@value #MAX_SIZE} bytes
     * @throws IllegalArgumentException if one is out of range
     */
    public static int encode(int dir, int type, int nr, int size) {
        check("direction", dir, READ | WRITE);
        check("type", type, 0xff);
        check("nr", nr, 0xff);
        check("size", size, MAX_SIZE);
        return dir << DIR_SHIFT | size << SIZE_SHIFT | type << TYPE_SHIFT | nr;
    }

    private static void check(String field, int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(
                    "ioctl " + field + " " + value + " is outside 0.." + max);
        }
    }

    /** _IOC_DIR: {@link #NONE}, {@link #WRITE}, {@link #READ} or both. */
    public static int dir(int command) {
        return command >>> DIR_SHIFT;
    }

    /** _IOC_TYPE: 0–255. */
    public static int type(int command) {
        return command >>> TYPE_SHIFT & 0xff;
    }

    /** _IOC_NR: 0–255. */
    public static int nr(int command) {
        return command & 0xff;
    }

    /** _IOC_SIZE: bytes of the argument, 0–{@value #MAX_SIZE}. */
    public static int size(int command) {
        return command >>> SIZE_SHIFT & MAX_SIZE;
    }

    /** Bytes that travel from the caller to the driver. */
    public static int inSize(int command) {
        return (dir(command) & WRITE) != 0 ? size(command) : 0;
    }

    /** Bytes that travel from the driver to the caller. */
    public static int outSize(int command) {
        return (dir(command) & READ) != 0 ? size(command) : 0;
    }

    /** As a C programmer writes it, for example {@code _IOR('E', 0x01, 4)}. */
    public static String toString(int command) {
        int type = type(command);
        String typeText =
                type > ' ' && type < 0x7f ? "'" + (char) type + "'" : String.format("0x%02x", type);
        String nrText = String.format("0x%02x", nr(command));
        String arguments = "(" + typeText + ", " + nrText;
        return switch (dir(command)) {
            case READ -> "_IOR" + arguments + ", " + size(command) + ")";
            case WRITE -> "_IOW" + arguments + ", " + size(command) + ")";
            case READ | WRITE -> "_IOWR" + arguments + ", " + size(command) + ")";
            default ->
                    size(command) == 0 ? "_IO" + arguments + ")" : String.format("0x%08x", command);
        };
    }
}

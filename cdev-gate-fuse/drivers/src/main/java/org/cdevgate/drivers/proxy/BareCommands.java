package org.cdevgate.drivers.proxy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Commands whose number does not tell what their argument points to, and what that is. Numbers and
 * sizes are those of asm-generic/ioctls.h, asm-generic/termbits.h, linux/fs.h and linux/i2c-dev.h
 * on 64-bit Linux.
 */
final class BareCommands {
    static final int TCGETS = 0x5401;
    private static final int TERMIOS_BYTES =
            36; // struct termios of the kernel, not of the C library

    /**
     * What a command's argument points to.
     *
     * @param bytes of it
     * @param in whether the node reads it
     * @param out whether the node writes it
     * @param wide whether it has a long in it: 32-bit programs have another one
     */
    record Struct(int bytes, boolean in, boolean out, boolean wide) {}

    private static final Map<Integer, Struct> STRUCTS = new HashMap<>();

    /**
     * TIOCSCTTY, TIOCNOTTY: of the calling process, which here would be the server. TIOCGPTPEER:
     * makes a descriptor, which would be the server's.
     */
    private static final Set<Integer> OF_THE_PROCESS = Set.of(0x540E, 0x5422, 0x5441);

    static {
        out(TCGETS, TERMIOS_BYTES);
        in(0x5402, TERMIOS_BYTES); // TCSETS
        in(0x5403, TERMIOS_BYTES); // TCSETSW
        in(0x5404, TERMIOS_BYTES); // TCSETSF
        out(0x5405, 18); // TCGETA: struct termio
        in(0x5406, 18); // TCSETA
        in(0x5407, 18); // TCSETAW
        in(0x5408, 18); // TCSETAF
        out(0x5411, 4); // TIOCOUTQ
        out(0x5413, 8); // TIOCGWINSZ: struct winsize
        in(0x5414, 8); // TIOCSWINSZ
        out(0x5415, 4); // TIOCMGET
        in(0x5416, 4); // TIOCMBIS
        in(0x5417, 4); // TIOCMBIC
        in(0x5418, 4); // TIOCMSET
        out(0x5419, 4); // TIOCGSOFTCAR
        in(0x541A, 4); // TIOCSSOFTCAR
        wide(0x541E, 72, false); // TIOCGSERIAL: struct serial_struct
        wide(0x541F, 72, true); // TIOCSSERIAL
        in(0x5420, 4); // TIOCPKT
        in(0x5423, 4); // TIOCSETD
        out(0x5424, 4); // TIOCGETD
        out(0x542E, 32); // TIOCGRS485: struct serial_rs485
        STRUCTS.put(0x542F, new Struct(32, true, true, false)); // TIOCSRS485
        out(0x545D, 80); // TIOCGICOUNT: struct serial_icounter_struct

        in(0x125D, 4); // BLKROSET
        out(0x125E, 4); // BLKROGET
        wide(0x1260, 8, false); // BLKGETSIZE
        wide(0x1263, 8, false); // BLKRAGET
        out(0x1267, 2); // BLKSECTGET
        out(0x1268, 4); // BLKSSZGET
        out(0x1278, 4); // BLKIOMIN
        out(0x1279, 4); // BLKIOOPT
        out(0x127A, 4); // BLKALIGNOFF
        out(0x127B, 4); // BLKPBSZGET
        out(0x127E, 2); // BLKROTATIONAL
        wide(0x0301, 16, false); // HDIO_GETGEO: struct hd_geometry

        wide(0x0705, 8, false); // I2C_FUNCS
    }

    private BareCommands() {}

    private static void in(int command, int bytes) {
        STRUCTS.put(command, new Struct(bytes, true, false, false));
    }

    private static void out(int command, int bytes) {
        STRUCTS.put(command, new Struct(bytes, false, true, false));
    }

    private static void wide(int command, int bytes, boolean in) {
        STRUCTS.put(command, new Struct(bytes, in, !in, true));
    }

    /** What the command's argument points to; null if it is a number, or nobody here knows. */
    static @Nullable Struct of(int command) {
        return STRUCTS.get(command);
    }

    /** Whether the command is about the process that calls it. */
    static boolean isOfTheProcess(int command) {
        return OF_THE_PROCESS.contains(command);
    }
}

package org.cdevgate.drivers.proxy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.libc.Libc;

/** A pseudo-terminal of the kernel's: its end here is a {@link RealNode}, its other end a path. */
final class Pty implements AutoCloseable {
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTN = 0x80045430;
    private static final int TCSETS = 0x5402;
    private static final int LFLAG =
            12; // of struct termios; iflag, oflag and cflag stand before it

    private final RealNode master;
    private final ByteBuffer number = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());

    Pty() throws ErrnoException {
        master = RealNode.open(Path.of("/dev/ptmx"), OpenFlags.O_RDWR);
        check(master.ioctl(TIOCSPTLCK, number));
        check(master.ioctl(TIOCGPTN, number));
    }

    private static void check(long result) throws ErrnoException {
        if (result < 0) {
            throw ErrnoException.of((int) -result);
        }
    }

    Path path() {
        return Path.of("/dev/pts", Integer.toString(number.getInt(0)));
    }

    /** Lets bytes pass as they are: no lines, no echo, no newlines changed. */
    Pty raw() throws ErrnoException {
        ByteBuffer termios = ByteBuffer.allocateDirect(36).order(ByteOrder.nativeOrder());
        check(master.ioctl(BareCommands.TCGETS, termios));
        termios.putInt(0, 0).putInt(4, 0).putInt(LFLAG, 0);
        check(master.ioctl(TCSETS, termios));
        return this;
    }

    void say(String text) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        check(master.write(ByteBuffer.wrap(bytes), 0));
    }

    /** What has arrived here, up to so many bytes; empty if nothing has. */
    String heard(int most) {
        ByteBuffer heard = ByteBuffer.allocateDirect(most);
        long count = master.read(heard);
        byte[] bytes = new byte[(int) Math.max(0, count)];
        heard.get(0, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Whether somebody has the other end open. */
    boolean isConnected() {
        return (master.poll() & Libc.POLLHUP) == 0;
    }

    @Override
    public void close() {
        master.close();
    }
}

package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** Throws whatever Java lets it throw, and returns results that are none. */
final class Thrower extends StampedDriver {
    Thrower(long generation) {
        super(generation);
    }

    /** Throws three times out of four. */
    private static void perhapsThrow() throws ErrnoException, IOException, InterruptedException {
        switch (ThreadLocalRandom.current().nextInt(16)) {
            case 0, 1 -> throw Errno.EBUSY.exception();
            case 2 -> throw Errno.EPERM.exception();
            case 3, 4 -> throw Errno.ENOSYS.exception();
            case 5 -> throw new IOException("the bus is stuck");
            case 6 -> throw new InterruptedException("as if by a signal");
            case 7, 8 -> throw new IllegalStateException("a driver's bug");
            case 9 -> throw new OutOfMemoryError("thrown by a driver, there is enough");
            case 10 -> throw new StackOverflowError("thrown by a driver");
            case 11 -> throw new LinkageError("thrown by a driver");
            default -> {}
        }
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        if (ThreadLocalRandom.current().nextInt(3) == 0) {
            perhapsThrow();
        }
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        perhapsThrow();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        perhapsThrow();
        return ThreadLocalRandom.current().nextInt(8) == 0
                ? dst.remaining() + 1 // too much, which is EIO
                : stamp(dst, dst.remaining() / WORD);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        perhapsThrow();
        return ThreadLocalRandom.current().nextInt(8) == 0 ? -1 : src.remaining();
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        perhapsThrow();
        return command == WAIT ? 0 : quickIoctl(command, data);
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        perhapsThrow();
        return PollEvents.POLLIN | PollEvents.POLLOUT;
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        perhapsThrow();
        return 0;
    }
}

package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** A {@link FifoDriver} without a poll verb of its own, as a driver is that somebody just began. */
public final class UnpolledFifo extends CountingDriver {
    /** What it passes its calls to. */
    public final FifoDriver fifo;

    /**
     * Makes an empty one.
     *
     * @param sleep how its verbs sleep
     */
    public UnpolledFifo(Sleep sleep) {
        fifo = new FifoDriver(sleep);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        return fifo.read(file, dst, position, call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        return fifo.write(file, src, position, call);
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        return fifo.ioctl(file, command, argument, data, call);
    }
}

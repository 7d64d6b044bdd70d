package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/** All of whose verbs but open, poll and mmap sleep until the device goes. */
public class SleepingDriver extends CountingDriver {
    /** ioctl with 8 bytes to and fro. */
    public static final int EXCHANGE = IoctlCommand.iowr('T', 3, 8);

    final Sleep sleep;
    final WaitQueue never = new WaitQueue("never");

    /**
     * Makes one.
     *
     * @param sleep how its verbs sleep
     */
    public SleepingDriver(Sleep sleep) {
        this.sleep = sleep;
    }

    /** What its verbs do. */
    int asleep(Call call) throws ErrnoException {
        if (sleep == Sleep.THREADLESS) {
            return call.wouldBlock(never);
        }
        call.await(never, () -> false);
        return 0;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        return asleep(call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        return asleep(call);
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        return asleep(call);
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) {
        return 0;
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) throws ErrnoException {
        return asleep(call);
    }

    @Override
    public int flush(OpenFile file, Call call) throws ErrnoException {
        return asleep(call);
    }
}

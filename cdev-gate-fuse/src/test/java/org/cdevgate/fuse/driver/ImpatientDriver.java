package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * Whose verbs sleep until the device goes, or for a limited time: then they answer ETIMEDOUT. An
 * open for reading does not sleep.
 */
public final class ImpatientDriver extends CountingDriver {
    /** Any command. */
    public static final int WAIT = IoctlCommand.io('T', 4);

    private final Sleep sleep;
    private final long millis;
    private final WaitQueue never = new WaitQueue("never");

    /**
     * Makes one.
     *
     * @param sleep how its verbs sleep
     * @param millis how long
     */
    public ImpatientDriver(Sleep sleep, long millis) {
        this.sleep = sleep;
        this.millis = millis;
    }

    /** Wakes all sleepers for nothing. */
    public void wakeForNothing() {
        never.wakeUp();
    }

    private int asleep(Call call) throws ErrnoException {
        if (sleep == Sleep.THREADLESS && !call.isTimedOut()) {
            return call.wouldBlock(never, millis, TimeUnit.MILLISECONDS);
        }
        if (sleep == Sleep.PARKED) {
            call.await(never, () -> false, millis, TimeUnit.MILLISECONDS);
        }
        throw Errno.ETIMEDOUT.exception();
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        return file.isReadable() ? super.open(file, call) : asleep(call);
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
    public int fsync(OpenFile file, boolean dataOnly, Call call) throws ErrnoException {
        return asleep(call);
    }
}

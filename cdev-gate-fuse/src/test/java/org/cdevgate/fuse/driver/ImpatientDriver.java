package org.cdevgate.fuse.driver;

import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/**
 * Whose verbs sleep until the device goes, or for a limited time: then they answer ETIMEDOUT. An
 * open for reading does not sleep.
 */
public final class ImpatientDriver extends SleepingDriver {
    /** Any command. */
    public static final int WAIT = IoctlCommand.io('T', 4);

    private final long millis;

    /**
     * Makes one.
     *
     * @param sleep how its verbs sleep
     * @param millis how long
     */
    public ImpatientDriver(Sleep sleep, long millis) {
        super(sleep);
        this.millis = millis;
    }

    /** Wakes all sleepers for nothing. */
    public void wakeForNothing() {
        never.wakeUp();
    }

    @Override
    int asleep(Call call) throws ErrnoException {
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
    public int flush(OpenFile file, Call call) {
        return 0;
    }
}

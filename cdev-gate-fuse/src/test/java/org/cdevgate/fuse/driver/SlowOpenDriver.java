package org.cdevgate.fuse.driver;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/** Its open sleeps until the device is {@link #ready}, as that of a modem without a carrier. */
public final class SlowOpenDriver extends CountingDriver {
    private final Sleep sleep;
    private final WaitQueue carrier = new WaitQueue("carrier");
    private volatile boolean ready;

    /**
     * Makes one that is not ready.
     *
     * @param sleep how its open sleeps
     */
    public SlowOpenDriver(Sleep sleep) {
        this.sleep = sleep;
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        if (sleep == Sleep.THREADLESS && !ready) {
            return call.wouldBlock(carrier);
        }
        call.await(carrier, () -> ready);
        return super.open(file, call);
    }

    /** Lets the opens go. */
    public void ready() {
        ready = true;
        carrier.wakeUp();
    }
}

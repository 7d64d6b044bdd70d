package org.cdevgate.fuse.faults.server;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** A FIFO whose open sleeps, as that of a modem that waits for a carrier. */
final class SlowOpen extends Fifo {
    SlowOpen(long generation, boolean parks) {
        super(generation, parks);
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        return awaitPulse(call);
    }
}

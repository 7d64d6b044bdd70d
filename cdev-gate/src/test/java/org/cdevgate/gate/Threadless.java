package org.cdevgate.gate;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;

/** What a front does with a request that sleeps without a thread. */
final class Threadless {
    private Threadless() {}

    /** Puts a sleeper on a queue, as the front of a driver whose read would block there. */
    static void sleepOn(WaitQueue queue, FopsGate gate, RequestSleeper sleeper, Caller caller) {
        caller.blockedOn = queue;
        caller.blockedSince = Long.MAX_VALUE; // no wake-up came while the verb looked
        if (!gate.sleep(sleeper, caller)) {
            throw new AssertionError("woken by nobody");
        }
    }

    static int read(OpenFile file, ByteBuffer dst, Caller caller) throws ErrnoException {
        return file.gate().read(file, dst, 0, caller);
    }
}

package org.cdevgate.gate;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RequestSleeper;

/** What a front does with a request that sleeps without a thread. */
final class Threadless {
    private Threadless() {}

    /** Puts a sleeper on a queue, as the front of a driver whose read would block there. */
    static void sleepOn(WaitQueue queue, FopsGate gate, RequestSleeper sleeper, Caller caller) {
        sleepOn(queue, gate.front().newFile(0, caller), sleeper, caller);
    }

    /** For a read of this file. */
    static void sleepOn(WaitQueue queue, OpenFile file, RequestSleeper sleeper, Caller caller) {
        // No wake-up came while the verb looked.
        Sides.of(caller)
                .blocked(
                        new BlockedRun(
                                file, Verb.READ, queue, Long.MAX_VALUE, false, BlockedRun.NONE));
        if (!file.gate().front().sleep(sleeper, caller)) {
            throw new AssertionError("woken by nobody");
        }
    }

    static int read(OpenFile file, ByteBuffer dst, Caller caller) throws ErrnoException {
        return file.gate().front().read(file, dst, 0, caller);
    }
}

package org.cdevgate.gate;

import java.util.concurrent.locks.LockSupport;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;

/**
 * A request of a caller in this JVM: it sleeps on its queue outside the gate, with the caller's own
 * thread parked.
 */
final class LocalRequest extends RequestSleeper {
    private final Thread thread = Thread.currentThread();

    LocalRequest(OpenFile file, Verb verb) {
        super(file, verb);
    }

    /** Returns when the verb is to be run again. */
    void sleep(WaitQueue onQueue, FopsGate gate, long since) throws ErrnoException {
        if (onQueue.addUnlessWoken(this, gate, since) == WaitQueue.Outcome.REMOVING) {
            throw Errno.ENODEV.exception();
        }
        while (isQueued()) {
            if (Thread.interrupted()) {
                if (wake()) {
                    throw Errno.EINTR.exception();
                }
                thread.interrupt(); // woken first; the next run of the verb answers
                return;
            }
            LockSupport.park(onQueue);
        }
    }

    @Override
    protected void runAgain() {
        LockSupport.unpark(thread);
    }

    @Override
    protected void removed(int answer) {
        LockSupport.unpark(thread);
    }
}

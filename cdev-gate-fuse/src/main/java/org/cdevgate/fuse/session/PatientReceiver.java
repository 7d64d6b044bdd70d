package org.cdevgate.fuse.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.channel.FuseChannel;

/**
 * Receives whatever happens, until it is clear that nothing can be received any more. For one
 * worker's thread.
 */
record PatientReceiver(FuseChannel.Receiver receiver, String sessionName) {
    /** Receiving has failed so often in a row that no request will ever come. */
    private static final int MAX_FAILURES = 200;

    /** An Error may be over in a moment, an errno of read(2) is not. */
    static final long FAILURE_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * The next request's length, or {@link FuseChannel#CLOSED}.
     *
     * @param client as for {@link FuseChannel.Receiver#receiveAfter}
     */
    int receiveAfter(int client) {
        Throwable failure;
        int failures = 0;
        do {
            try {
                return receiver.receiveAfter(client);
            } catch (Throwable e) {
                failure = e;
            }
            Thread.interrupted();
            LockSupport.parkNanos(this, FAILURE_PAUSE);
            failures++;
        } while (failures < MAX_FAILURES);
        CarefulLog.unservable(sessionName, failure);
        return FuseChannel.CLOSED;
    }
}

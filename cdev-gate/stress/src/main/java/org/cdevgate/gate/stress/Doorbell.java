package org.cdevgate.gate.stress;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;

/**
 * A device whose read answers {@link #RUNG} once somebody rang. Without that it sleeps in one of
 * the two ways of a verb.
 */
final class Doorbell implements FileOperations {
    static final int RUNG = 1;
    static final int OVERSLEPT = 2;
    static final int ASLEEP = 3;

    /** Longer than any pause of a busy machine; reached only by a sleeper that nobody wakes. */
    static final long LIMIT_SECONDS = 5;

    enum Sleep {
        PARKED,
        WITHOUT_THREAD,

        /** As without a thread, for a caller that parks one: limited, to be found. */
        LOCAL_REQUEST
    }

    final FopsGate gate = FopsGate.of("doorbell", this);
    final WaitQueue queue = new WaitQueue("rung");
    final OpenFile file;
    private final Sleep sleep;
    private volatile boolean rung;

    Doorbell(Sleep sleep) {
        this.sleep = sleep;
        try {
            file = gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    /** A doorbell on whose queue somebody of this gate has waited before. */
    static Doorbell withKnownQueue(Sleep sleep) {
        Doorbell bell = new Doorbell(sleep);
        bell.gate.front().poll(bell.file, Caller.local(), new Watcher());
        return bell;
    }

    void ring() {
        rung = true;
        queue.wakeUp();
    }

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        if (sleep == Sleep.WITHOUT_THREAD) {
            return rung ? RUNG : call.wouldBlock(queue);
        }
        if (sleep == Sleep.LOCAL_REQUEST) {
            return rung
                    ? RUNG
                    : call.isTimedOut()
                            ? OVERSLEPT
                            : call.wouldBlock(queue, LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        return call.await(queue, () -> rung, LIMIT_SECONDS, TimeUnit.SECONDS) ? RUNG : OVERSLEPT;
    }

    @Override
    public int poll(OpenFile opened, Call call) {
        int events = rung ? PollEvents.POLLIN : 0;
        call.pollWait(queue); // after the look, the less favourable order
        return events;
    }

    /** read(2) as a process does it; an errno is answered as a negative number. */
    int read(Caller caller) {
        try {
            return gate.front().read(file, ByteBuffer.allocate(OVERSLEPT), 0, caller);
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    /** As a front does it: runs the verb, puts the request to sleep or runs the verb again. */
    int readOrSleep(ThreadlessFront front, Request request) {
        while (true) {
            int result = read(front);
            if (result != Call.WOULD_BLOCK) {
                return result;
            }
            if (gate.front().sleep(request, front)) {
                return ASLEEP;
            }
        }
    }
}

package org.cdevgate.gate.stress.twins;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/** The real gate with a driver that sleeps on the gate's own wait queue. */
final class WaitQueueGate implements SleepingGate, FileOperations {
    static final String BETWEEN = "between flag and wake";

    private final PausePoints points;
    private final WaitQueue queue = new WaitQueue("a wake-up");
    private final FopsGate gate;
    private final OpenFile file;
    private volatile boolean woken;

    WaitQueueGate(Runnable teardown, PausePoints points) {
        this.points = points;
        gate = FopsGate.builder("sleeper", this).onTeardown(teardown::run).build();
        try {
            file = gate.front().open(0, Caller.local());
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    points.at(BETWEEN);
                                }
                            });
        } catch (ErrnoException e) {
            throw new AssertionError("a new device refuses its first open", e);
        }
    }

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        points.at(SleeperScenarios.BEFORE_SLEEP);
        call.await(queue, () -> woken);
        return 0;
    }

    @Override
    public boolean sleep() {
        try {
            gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local());
            return true;
        } catch (ErrnoException e) {
            return false; // ENODEV; nobody interrupts
        }
    }

    @Override
    public void wake() {
        woken = true;
        queue.wakeUp();
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }
}

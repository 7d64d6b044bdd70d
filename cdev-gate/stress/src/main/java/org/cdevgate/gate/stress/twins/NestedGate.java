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

/** The real gate with a driver whose call sleeps in the verb of another device, which stays. */
final class NestedGate implements SleepingGate {
    private final PausePoints points;
    private final WaitQueue queue = new WaitQueue("a wake-up");
    private final FopsGate adapter = FopsGate.of("adapter", (Reader) this::sleepInTheAdapter);
    private final OpenFile below;
    private final FopsGate gate;
    private final OpenFile file;
    private volatile boolean woken;

    /** A driver that has a read. */
    private interface Reader extends FileOperations {
        int read(Call call) throws ErrnoException;

        @Override
        default int read(OpenFile file, ByteBuffer dst, long position, Call call)
                throws ErrnoException {
            return read(call);
        }
    }

    NestedGate(Runnable teardown, PausePoints points) {
        this.points = points;
        gate =
                FopsGate.builder("sleeper", (Reader) this::callTheAdapter)
                        .wakeHook(() -> points.at(SleeperScenarios.WOKEN))
                        .onTeardown(teardown::run)
                        .build();
        try {
            below = adapter.front().open(0, Caller.local());
            file = gate.front().open(0, Caller.local());
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    points.at(WaitQueueGate.BETWEEN);
                                }
                            });
        } catch (ErrnoException e) {
            throw new AssertionError("a new device refuses its first open", e);
        }
    }

    private int callTheAdapter(Call call) throws ErrnoException {
        return adapter.front().read(below, ByteBuffer.allocate(1), 0, Caller.local());
    }

    private int sleepInTheAdapter(Call call) throws ErrnoException {
        points.at(SleeperScenarios.BEFORE_SLEEP);
        call.await(queue, () -> woken);
        return 1;
    }

    @Override
    public boolean sleep() {
        try {
            return gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local()) == 1;
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

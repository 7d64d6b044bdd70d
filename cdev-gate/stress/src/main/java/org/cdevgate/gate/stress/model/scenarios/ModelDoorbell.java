package org.cdevgate.gate.stress.model.scenarios;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.peers.SleepingGate;

/** A device whose read waits until somebody rang, on the real gate. */
public final class ModelDoorbell implements SleepingGate, FileOperations {
    private enum Sleep {
        PARKED,
        PARKED_WITH_LOCK,
        WITHOUT_THREAD
    }

    private final ByteBuffer buffer = ByteBuffer.allocate(1);
    private final WaitQueue queue = new WaitQueue("rung");
    private final Lock lock = new ReentrantLock();
    private final Sleep sleep;
    final FopsGate gate;
    final OpenFile file;
    private volatile boolean rung;

    private ModelDoorbell(Sleep sleep, Runnable teardown) {
        this.sleep = sleep;
        gate = FopsGate.builder("doorbell", this).onTeardown(teardown::run).build();
        try {
            file = gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new device refuses its first open", e);
        }
    }

    /** Its read parks the thread, inside the gate. */
    public static ModelDoorbell parked(Runnable teardown) {
        return new ModelDoorbell(Sleep.PARKED, teardown);
    }

    /** As {@link #parked}, with a lock around its state. */
    public static ModelDoorbell withLock(Runnable teardown) {
        return new ModelDoorbell(Sleep.PARKED_WITH_LOCK, teardown);
    }

    /** Its read would block, and leaves the gate. */
    public static ModelDoorbell withoutThread(Runnable teardown) {
        return new ModelDoorbell(Sleep.WITHOUT_THREAD, teardown);
    }

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        switch (sleep) {
            case PARKED -> call.await(queue, () -> rung);
            case PARKED_WITH_LOCK -> {
                lock.lock();
                try {
                    call.await(queue, lock, () -> rung);
                } finally {
                    lock.unlock();
                }
            }
            case WITHOUT_THREAD -> {
                if (!rung) {
                    return call.wouldBlock(queue);
                }
            }
        }
        return 1;
    }

    @Override
    public int poll(OpenFile opened, Call call) {
        int events = rung ? PollEvents.POLLIN : 0;
        call.pollWait(queue); // after the look, the less favourable order
        return events;
    }

    /** read(2): 1, {@link Call#WOULD_BLOCK} or a negated errno. */
    int read(Caller caller) {
        try {
            return gate.front().read(file, buffer, 0, caller);
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    @Override
    public boolean sleep() {
        return read(Caller.local()) == 1;
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            rung = true;
        } finally {
            lock.unlock();
        }
        queue.wakeUp();
    }

    void wakeForNothing() {
        queue.wakeUp();
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }
}

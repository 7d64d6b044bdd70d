package org.cdevgate.fuse.nodes;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FopsGate;
import org.jspecify.annotations.Nullable;

/** One call of a driver's size, perhaps from before the device has a node. Any thread. */
public final class SizeQuestion implements Runnable {
    private final FopsGate gate;
    private final CountDownLatch answered = new CountDownLatch(1);

    // Guarded by this.
    private @Nullable Device device; // null before it has a node
    private long number; // among the device's questions
    private long bytes;

    SizeQuestion(FopsGate gate) {
        this.gate = gate;
    }

    @Override
    public void run() {
        long said = 0; // if an Error comes, somebody waits all the same
        try {
            said = gate.front().size();
        } catch (ErrnoException e) {
            said = 0; // removed, or the supplier failed, which the gate logs
        } finally {
            answer(said);
        }
    }

    private synchronized void answer(long said) {
        bytes = said;
        if (device != null) {
            device.sizeIs(said, number);
        }
        answered.countDown();
    }

    /** Whom it is about; its answer is the device's, or has been given already. */
    synchronized void isOf(Device asked) {
        device = asked;
        number = asked.nextQuestion();
        if (isAnswered()) {
            asked.sizeIs(bytes, number);
        }
    }

    boolean isAnswered() {
        return answered.getCount() == 0;
    }

    /** False if it was not answered within the time. */
    boolean await(long nanos) throws InterruptedException {
        return answered.await(nanos, TimeUnit.NANOSECONDS);
    }
}

package org.cdevgate.gate.stress.model.scenarios;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.front.Caller;

/**
 * Two readers wait for an item, and a signal ends the wait of one of them while an item comes. If
 * the wake-up went to the one that does not take it, it must go on to the other.
 */
public final class SignalAgainstWakeUpModel extends Model implements FileOperations {
    private final WaitQueue queue = new WaitQueue("item");
    private final AtomicInteger items = new AtomicInteger();
    private final FopsGate gate = FopsGate.of("store", this);
    private final OpenFile file;
    private final Thread interrupted = Thread.currentThread(); // that prepares is the first

    public SignalAgainstWakeUpModel() {
        super(3);
        try {
            file = gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new device refuses its first open", e);
        }
    }

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        while (true) {
            int before = items.get();
            if (before > 0 && items.compareAndSet(before, before - 1)) {
                return 1;
            }
            call.awaitExclusive(queue, () -> items.get() > 0);
        }
    }

    private void take() throws ErrnoException {
        gate.front().read(file, ByteBuffer.allocate(1), 0, Caller.local());
    }

    @Override
    public void first() {
        try {
            take();
        } catch (ErrnoException e) {
            return; // EINTR
        }
        put(); // for the other
    }

    @Override
    public void second() throws ErrnoException {
        take();
    }

    @Override
    public void third() {
        interrupted.interrupt();
        put();
    }

    private void put() {
        items.incrementAndGet();
        queue.wakeUp();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        Thread.interrupted(); // it may have come when the first had ended; not into the next run
        require(items.get() <= 1, items + " items are left of at most 2");
    }
}

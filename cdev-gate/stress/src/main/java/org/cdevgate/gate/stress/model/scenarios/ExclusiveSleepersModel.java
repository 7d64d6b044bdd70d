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

/** Two readers wait for one item each, and each item that comes wakes one of them. */
public final class ExclusiveSleepersModel extends Model implements FileOperations {
    private final WaitQueue queue = new WaitQueue("item");
    private final AtomicInteger items = new AtomicInteger();
    private final FopsGate gate = FopsGate.of("store", this);
    private final OpenFile file;

    public ExclusiveSleepersModel() {
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
    public void first() throws ErrnoException {
        take();
    }

    @Override
    public void second() throws ErrnoException {
        take();
    }

    @Override
    public void third() {
        for (int item = 0; item < 2; item++) {
            items.incrementAndGet();
            queue.wakeUp();
        }
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(items.get() == 0, "two readers took " + (2 - items.get()) + " of 2 items");
    }
}

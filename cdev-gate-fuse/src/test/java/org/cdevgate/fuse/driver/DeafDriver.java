package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** Waits for its hardware in read with code of its own that ignores every interrupt. */
public final class DeafDriver extends CountingDriver {
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        waiting.incrementAndGet();
        while (true) {
            try {
                answered.await();
                waiting.decrementAndGet();
                return 0;
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
            }
        }
    }

    /** How many reads wait. */
    public int waiting() {
        return waiting.get();
    }

    /** How many interrupts it has ignored. */
    public int interrupts() {
        return interrupts.get();
    }

    /** Lets them go. */
    public void answer() {
        answered.countDown();
    }
}

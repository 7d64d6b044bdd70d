package org.cdevgate.gate.stress.soak;

import java.util.concurrent.locks.ReentrantLock;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.workload.StressRun;

/** Parts that arrive and are taken, under a lock of the driver's. Safe for any thread. */
final class Stock {
    private final StressRun run;
    private final ReentrantLock lock = new ReentrantLock();
    private final WaitQueue delivered = new WaitQueue("delivered");
    private int parts; // guarded by lock

    Stock(StressRun run) {
        this.run = run;
    }

    void deliver() {
        lock.lock();
        try {
            parts++;
        } finally {
            lock.unlock();
        }
        delivered.wakeUp();
    }

    /** Waits for a part, with the lock given up meanwhile, and takes it. */
    void take(Call call) throws ErrnoException {
        lock.lock();
        try {
            boolean slept = parts == 0;
            call.await(delivered, lock, () -> parts > 0);
            if (!lock.isHeldByCurrentThread() || parts < 1) {
                wrong("what the condition found was not so any more after the sleep");
            }
            parts--;
            run.counts().add(slept ? "await with a lock: woken" : "await with a lock: at once");
        } finally {
            if (lock.isHeldByCurrentThread()) {
                lock.unlock();
            } else {
                wrong("a sleep ended without the lock that was held when it began");
            }
        }
    }

    private void wrong(String what) {
        run.findings().report(Finding.Kind.WRONG_ANSWER, "await with a lock", what);
    }
}

package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.stress.ThreadlessFront;

/** A front's read, and what became of it. */
final class ModelRequest extends RequestSleeper {
    private final AtomicInteger ends = new AtomicInteger();
    private volatile boolean toRunAgain;
    private volatile boolean removed;

    @Override
    protected void runAgain() {
        toRunAgain = true;
        ends.incrementAndGet();
    }

    @Override
    protected void removed(int answer) {
        removed = true;
        ends.incrementAndGet();
    }

    /**
     * Runs the verb as a front does: until it has a result, or the request sleeps.
     *
     * @return the result, or {@link Call#WOULD_BLOCK} if the request sleeps or was told
     */
    int readOrSleep(ModelDoorbell bell, ThreadlessFront front) {
        while (true) {
            int result = bell.read(front);
            if (result != Call.WOULD_BLOCK || bell.gate.front().sleep(this, front)) {
                return result;
            }
        }
    }

    boolean isToRunAgain() {
        return toRunAgain;
    }

    boolean isRemoved() {
        return removed;
    }

    /** How often its sleep was ended. */
    int ends() {
        return ends.get();
    }
}

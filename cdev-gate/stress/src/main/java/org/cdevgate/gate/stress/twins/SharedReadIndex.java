package org.cdevgate.gate.stress.twins;

import java.util.concurrent.atomic.AtomicLongArray;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: counts under two indices as SRCU does, and keeps the index of a call in the open
 * file instead of giving it to the caller: the kernel's "revocable" of 2026. Threads that share the
 * file overwrite each other's index, so exits are counted under an index that was not entered: one
 * too few, and the removal never ends; one too many, and it ends while a call is inside.
 *
 * <p>One gate has one open file here, and all threads share it.
 */
public final class SharedReadIndex extends BrokenGate {
    static final String COUNTED = "between counting and storing the index";
    static final String STORED = "between storing the index and the look at the flag";

    private final AtomicLongArray entered = new AtomicLongArray(2);
    private final AtomicLongArray exited = new AtomicLongArray(2);
    private volatile int index;

    /** The open file's field. */
    private volatile int indexOfFile;

    public SharedReadIndex(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    SharedReadIndex(Runnable teardown, PausePoints points) {
        super(teardown, points);
    }

    @Override
    public long enter() {
        int mine = index;
        entered.getAndIncrement(mine);
        points.at(COUNTED);
        indexOfFile = mine;
        points.at(STORED);
        if (removing) {
            leave();
            return 0;
        }
        return 1;
    }

    @Override
    public void exit(long ticket) {
        leave();
    }

    private void leave() {
        exited.getAndIncrement(indexOfFile);
        calls.changed();
    }

    @Override
    void awaitCalls() {
        int old = index;
        index = 1 - old;
        calls.await(
                () -> {
                    long left = exited.get(old);
                    return left == entered.get(old);
                });
    }
}

package org.cdevgate.gate.stress.twins;

import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.gate.stress.script.PausePoints;

/**
 * <b>Broken</b>: counts enters and exits apart, so that callers need not share a counter, and sums
 * the enters first. A caller that comes and goes between the sums, be it refused, adds its exit to
 * the second and not its enter to the first: it stands in for one that is still inside. SRCU's
 * comments explain at length why the exits come first.
 */
public final class EntersSummedFirst extends BrokenGate {
    static final String BETWEEN = "between the sum of enters and the sum of exits";

    private final AtomicLong entered = new AtomicLong();
    private final AtomicLong exited = new AtomicLong();

    public EntersSummedFirst(Runnable teardown) {
        this(teardown, PausePoints.NONE);
    }

    EntersSummedFirst(Runnable teardown, PausePoints points) {
        super(teardown, points);
    }

    @Override
    public long enter() {
        entered.getAndIncrement();
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
        exited.getAndIncrement();
        if (removing) {
            calls.changed();
        }
    }

    @Override
    void awaitCalls() {
        while (!isDrained()) {
            calls.await(() -> entered.get() == exited.get());
        }
    }

    private boolean isDrained() {
        long in = entered.get();
        points.at(BETWEEN);
        return in == exited.get();
    }
}

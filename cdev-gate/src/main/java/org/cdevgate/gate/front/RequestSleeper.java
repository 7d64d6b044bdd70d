package org.cdevgate.gate.front;

import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.gate.sides.RequestSide;

/**
 * A front's request that sleeps on a queue without a thread, see {@link
 * org.cdevgate.gate.Front#sleep}. After it was put to sleep exactly one of three things happens:
 * {@link #runAgain()}, {@link #removed}, or {@link #wake()} returns true to the front that takes it
 * back (a signal came).
 *
 * <pre>{@code
 * RequestSleeper request = new RequestSleeper() {
 *     @Override
 *     protected void runAgain() {
 *         workers.execute(again); // the verb, on a thread of the front's
 *     }
 *
 *     @Override
 *     protected void removed(int answer) {
 *         reply.send(answer);
 *     }
 * };
 * if (!gate.front().sleep(request, caller)) {
 *     workers.execute(again); // woken while the verb was looking
 * }
 * }</pre>
 */
public abstract class RequestSleeper {
    final RequestSide side = new Side(); // the gate finds it too

    /** A request that is not asleep yet. */
    protected RequestSleeper() {}

    /**
     * The queue was woken, or unread data is delivered at the removal: run the verb again, on
     * another thread. Called on the waking thread, which may hold locks of the driver's: must not
     * block, throw or call the driver.
     */
    protected abstract void runAgain();

    /**
     * The device's removal began: answer the caller. Called on the remover, or in {@link
     * org.cdevgate.gate.Front#sleep}; must not block or throw.
     *
     * @param answer the removal's answer to this verb, see {@link RemovalProfile#blocked}: a
     *     negated errno, or a result of 0 or more
     */
    protected abstract void removed(int answer);

    /**
     * Takes the request back from its queue.
     *
     * @return true if it was still asleep; it then belongs to the caller of this method
     */
    public final boolean wake() {
        return side.wake();
    }

    /**
     * The bytes that the request's write has taken in its runs, see {@link
     * org.cdevgate.gate.Call#progress(int)}: what a front answers that ends the sleep for a signal;
     * 0 if there is none, for EINTR.
     */
    public final int moved() {
        return side.moved();
    }

    /**
     * For a front that was told {@link #runAgain()} and will not do it, because the caller has died
     * or has its answer: the wake-up may have been meant for one sleeper alone, and goes to the
     * next.
     */
    public final void passOnWakeUp() {
        side.passOnWakeUp();
    }

    private final class Side extends RequestSide {
        @Override
        public void runAgain() {
            RequestSleeper.this.runAgain();
        }

        @Override
        public void removed(int answer) {
            RequestSleeper.this.removed(answer);
        }
    }
}

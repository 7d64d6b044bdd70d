package org.cdevgate.gate.stress.model.scenarios;

/**
 * One run of a scenario: what is there when it begins, what two or three threads then do, and what
 * must hold when all have ended. A promise that is broken is an {@link AssertionError}; threads
 * that wait for ever are found by the model checker.
 *
 * <p>A run must depend on nothing but the order in which its threads take their steps: no clock, no
 * random numbers, nothing kept from an earlier run.
 */
public abstract class Model {
    final Witness witness = new Witness();
    private final int threads;

    /**
     * A run that has not begun.
     *
     * @param threads 2, or 3 if {@link #third} is one of them
     */
    protected Model(int threads) {
        if (threads < 2 || threads > 3) {
            throw new IllegalArgumentException(threads + " threads; a model has 2 or 3");
        }
        this.threads = threads;
    }

    /** 2 or 3. */
    public final int threads() {
        return threads;
    }

    /** What the first thread does. */
    public abstract void first() throws Exception;

    /** What the second thread does. */
    public abstract void second() throws Exception;

    /** What the third thread does, if there is one. */
    public void third() throws Exception {
        throw new UnsupportedOperationException("no third thread");
    }

    /** What must hold at the end, and all along. */
    public void afterwards() {
        witness.check();
    }

    /**
     * A promise.
     *
     * @param broken what a user would have suffered
     */
    final void require(boolean kept, String broken) {
        witness.require(kept, broken);
    }
}

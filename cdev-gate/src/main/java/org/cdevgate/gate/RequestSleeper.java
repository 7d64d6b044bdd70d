package org.cdevgate.gate;

/**
 * A front's request that sleeps on a queue without a thread, see {@link FopsGate#sleep}. After it
 * was put to sleep exactly one of three things happens: {@link #runAgain()}, {@link #removed()}, or
 * {@link #wake()} returns true to the front that takes it back (a signal came).
 */
public abstract class RequestSleeper extends Sleeper {
    final OpenFile file;
    final Verb verb;
    volatile WaitQueue queue;

    /**
     * @param file the file the request is for
     * @param verb the verb that would block
     */
    protected RequestSleeper(OpenFile file, Verb verb) {
        this.file = file;
        this.verb = verb;
    }

    /**
     * The queue was woken: run the verb again, on another thread. Called on the waking thread,
     * which may hold locks of the driver's: must not block, throw or call the driver.
     */
    protected abstract void runAgain();

    /**
     * The device's removal began: answer ENODEV. Called on the remover; must not block or throw.
     */
    protected abstract void removed();

    /**
     * Takes the request back from its queue.
     *
     * @return true if it was still asleep; it then belongs to the caller of this method
     */
    public final boolean wake() {
        return cancel();
    }

    @Override
    final void woken() {
        runAgain();
    }

    @Override
    final void gone() {
        removed();
    }
}

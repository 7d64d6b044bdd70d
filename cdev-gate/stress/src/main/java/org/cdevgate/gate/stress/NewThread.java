package org.cdevgate.gate.stress;

/** Runs something as the whole life of a thread. */
public final class NewThread {
    private NewThread() {}

    /** Returns when it is over, with the dead thread. */
    public static Thread run(Runnable life) {
        Thread thread = new Thread(null, life, "new", 0, false);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts an actor", e);
        }
        return thread;
    }
}

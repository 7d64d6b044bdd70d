package org.cdevgate.gate.stress.fray;

import java.util.ArrayList;
import java.util.List;

/** The threads of a case, and the promises that it asks about. */
final class Actors {
    private final List<Thread> threads = new ArrayList<>();
    private volatile AssertionError failure;

    /** What an actor does; what it throws fails the case. */
    interface Part {
        void play() throws Exception;
    }

    /** An actor that begins with {@link #run}. */
    Actors with(String name, Part part) {
        threads.add(new Thread(() -> play(name, part), name));
        return this;
    }

    private void play(String name, Part part) {
        try {
            part.play();
        } catch (Throwable e) {
            throw first(new AssertionError(name + ": " + e, e)); // Fray looks at what ends a thread
        }
    }

    /** The first failure, which those after it may come from. */
    private synchronized AssertionError first(AssertionError failed) {
        if (failure == null) {
            failure = failed;
        }
        return failure;
    }

    /** Lets all begin, and waits until all have ended. */
    void run() {
        threads.forEach(Thread::start);
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts a case", e);
            }
        }
        AssertionError failed = failure;
        if (failed != null) {
            throw new AssertionError(failed.getMessage(), failed);
        }
    }

    /** The thread of an actor. */
    Thread thread(String name) {
        for (Thread each : threads) {
            if (each.getName().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no actor is called " + name);
    }

    /**
     * A promise, asked anywhere: what a driver's code throws goes no further than the gate, so it
     * fails the case also at its end.
     *
     * @param broken what a user would have suffered
     */
    void require(boolean kept, String broken) {
        if (!kept) {
            throw first(new AssertionError(broken));
        }
    }
}

package org.cdevgate.gate;

import java.util.Objects;

/**
 * A snapshot of one call, for people and tests: it may have ended when you look at it.
 *
 * @param verb what runs
 * @param file the open file it was called for; null for code that entered by hand and for hooks
 * @param thread the thread inside the driver; null if the request sleeps without one (such a call
 *     has left the gate and is not waited for)
 * @param waitingOn the queue it sleeps on, or null if it runs or waits for something else
 */
public record CallInFlight(Verb verb, OpenFile file, Thread thread, WaitQueue waitingOn) {
    /** Whether it sleeps without a thread. */
    public boolean isThreadless() {
        return thread == null;
    }

    /** One line, for example {@code read by pid 4711, thread fuse-3, asleep on readable}. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(verb.toString());
        if (file != null) {
            line.append(" by pid ").append(file.pid());
        }
        line.append(thread == null ? ", no thread" : ", thread " + thread.getName());
        if (waitingOn != null) {
            line.append(", asleep on ").append(Objects.requireNonNull(waitingOn).name());
        }
        return line.toString();
    }
}

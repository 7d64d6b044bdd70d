package org.cdevgate.fuse.faults.server;

import java.io.PrintStream;

/**
 * What the server tells, one line each: {@code @ TIME EVENT ...} for what happened when (System's
 * nanoTime, which is the clients' CLOCK_MONOTONIC), {@code ! TEXT} for a violation. Any thread.
 */
final class Journal {
    private final PrintStream out;

    Journal(PrintStream out) {
        this.out = out;
    }

    /** Something happens now. */
    void event(String text) {
        line("@ " + System.nanoTime() + " " + text);
    }

    void violation(String text) {
        line("! " + text.replace("\n", "\\n"));
    }

    /** The answer to a command. */
    void answer(String id, String text) {
        line(id + " " + text.replace("\n", "\\n"));
    }

    private synchronized void line(String text) {
        out.println(text);
        out.flush();
    }
}

package org.cdevgate.cli.explore;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One line on a terminal that tells how far it is; nothing where it goes elsewhere. */
public final class ProgressLine implements ExploreProgress {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String CLEARED = "\r\033[K";

    private final PrintWriter err;
    private final boolean shown = isTerminal();
    private long last;

    /**
     * @param err goes to standard error
     */
    public ProgressLine(PrintWriter err) {
        this.err = err;
    }

    private static boolean isTerminal() {
        try {
            String name = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        } catch (IOException e) {
            return false; // closed
        }
    }

    @Override
    public void ran(int done, int points, long nanos) {
        if (!shown || (done < points && nanos - last < PAUSE)) {
            return;
        }
        last = nanos;
        long left = TimeUnit.NANOSECONDS.toSeconds(nanos / done * (points - done));
        err.print(CLEARED + done + " of " + points + " runs, about " + left + " s left");
        err.flush();
    }

    /** Takes the line away. */
    public void end() {
        if (shown) {
            err.print(CLEARED);
            err.flush();
        }
    }
}

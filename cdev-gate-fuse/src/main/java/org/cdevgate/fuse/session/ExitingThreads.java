package org.cdevgate.fuse.session;

import org.jspecify.annotations.Nullable;

/**
 * Threads that are ending the JVM: {@link Runtime#exit} does not return, and waits for the shutdown
 * hooks, which would wait for a driver's call that made it.
 */
public final class ExitingThreads {
    private ExitingThreads() {}

    /** Whether a thread is in {@link System#exit}, by its stack; false for null. */
    public static boolean contains(@Nullable Thread thread) {
        if (thread == null) {
            return false;
        }
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Runtime")
                    && frame.getMethodName().equals("exit")) {
                return true;
            }
        }
        return false;
    }
}

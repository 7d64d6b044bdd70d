package org.cdevgate.gate.stress.oracle;

/** Stack traces as text. */
public final class Stacks {
    private static final int MOST_FRAMES = 40;

    private Stacks() {}

    /** Where a thread is now, virtual or not; says so if it has ended. */
    public static String of(Thread thread) {
        return of(thread.getName() + " (" + thread.getState() + ")", thread.getStackTrace());
    }

    /** Where something was made or done. */
    public static String of(String title, Throwable where) {
        StringBuilder text = new StringBuilder(of(title, where.getStackTrace()));
        for (Throwable cause = where.getCause(); cause != null; cause = cause.getCause()) {
            text.append(of("caused by " + cause, cause.getStackTrace()));
        }
        return text.toString();
    }

    private static String of(String title, StackTraceElement[] frames) {
        StringBuilder text = new StringBuilder("  ").append(title).append('\n');
        for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
            text.append("    at ").append(frames[i]).append('\n');
        }
        return text.toString();
    }
}

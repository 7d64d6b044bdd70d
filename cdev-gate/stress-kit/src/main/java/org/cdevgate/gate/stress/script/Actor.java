package org.cdevgate.gate.stress.script;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Set;

/** One thread of a {@link Script}. Its fields are guarded by the script's monitor. */
final class Actor extends Thread {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    final Script script;
    private final Script.Part part;
    Set<String> destination = Set.of();
    String standsAt;

    /** From where it came to the point until it has really gone on. */
    boolean held;

    /** While it comes to a point and may wait for the script's monitor. */
    volatile boolean arriving;

    Throwable failure;

    Actor(Script script, String name, Script.Part part) {
        super(name);
        this.script = script;
        this.part = part;
        setDaemon(true); // one that hangs must not keep the JVM
    }

    @Override
    public void run() {
        try {
            part.play();
        } catch (Throwable e) {
            script.failed(this, e);
        }
    }

    /** Whether it waits in the code it runs, not at a point or for the script. */
    boolean isWaiting() {
        return isStuck() || (!held && getState() == State.TIMED_WAITING);
    }

    /** Whether it waits without a time limit: only another thread can end that. */
    boolean isStuck() {
        State state = getState();
        return !held && (state == State.WAITING || (state == State.BLOCKED && isKeptOut()));
    }

    /**
     * Whether another thread has the monitor that it wants. One that was notified looks blocked
     * until a processor is free for it, on a monitor that nobody has.
     */
    private boolean isKeptOut() {
        if (arriving) {
            return false;
        }
        ThreadInfo seen = THREADS.getThreadInfo(getId());
        return seen != null
                && seen.getThreadState() == State.BLOCKED
                && seen.getLockOwnerId() != -1;
    }

    /** Whether it is parked, and so may have been unparked already. */
    boolean isParked() {
        StackTraceElement[] stack = getStackTrace();
        return stack.length > 0 && stack[0].getMethodName().equals("park");
    }

    boolean isStarted() {
        return getState() != State.NEW;
    }

    boolean isOver() {
        return getState() == State.TERMINATED;
    }

    /** The innermost method on its stack that is not the JDK's: "Queue.sleep". */
    String whereItIs() {
        for (StackTraceElement frame : getStackTrace()) {
            String owner = frame.getClassName();
            if (!owner.startsWith("java.") && !owner.startsWith("jdk.")) {
                return owner.substring(owner.lastIndexOf('.') + 1).replaceFirst("^.*\\$", "")
                        + '.'
                        + frame.getMethodName();
            }
        }
        return "no code";
    }

    ScriptFailure stuck(String wanted, Duration limit) {
        ScriptFailure stuck =
                ScriptFailure.late(
                        getName()
                                + " was to "
                                + wanted
                                + " within "
                                + limit.toMillis()
                                + " ms, but "
                                + (standsAt == null ? "is " + getState() : "stands at " + standsAt)
                                + "; its stack is the cause");
        Throwable where = new Throwable("stack of " + getName());
        where.setStackTrace(getStackTrace());
        stuck.initCause(where);
        return stuck;
    }
}

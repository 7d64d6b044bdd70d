package org.cdevgate.gate;

import java.util.List;

/**
 * A snapshot of one call, for people and tests: it may have ended when you look at it. Immutable.
 */
public final class CallInFlight {
    private final Verb verb;
    private final OpenFile file;
    private final Thread thread;
    private final String threadName;
    private final WaitQueue waitingOn;

    /**
     * A call on a thread.
     *
     * @param thread null if it has died
     */
    CallInFlight(Verb verb, OpenFile file, Thread thread, String threadName, WaitQueue waitingOn) {
        this.verb = verb;
        this.file = file;
        this.thread = thread;
        this.threadName = threadName;
        this.waitingOn = waitingOn;
    }

    /** A request that sleeps without a thread. */
    static CallInFlight threadless(RequestSleeper request) {
        return new CallInFlight(request.verb(), request.file(), null, null, request.queue());
    }

    /** What runs or sleeps. */
    public Verb verb() {
        return verb;
    }

    /** The open file it was called for; null for code that entered by hand and for hooks. */
    public OpenFile file() {
        return file;
    }

    /** The thread inside the driver; null if it is thread-less, or if the thread died inside. */
    public Thread thread() {
        return thread;
    }

    /** The queue it sleeps on, or null if it runs or waits for something else. */
    public WaitQueue waitingOn() {
        return waitingOn;
    }

    /**
     * Whether it is a request that sleeps without a thread: it has left the gate and no removal
     * waits for it.
     */
    public boolean isThreadless() {
        return threadName == null;
    }

    /** One line, for example {@code read by pid 4711, thread fuse-3, asleep on readable}. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(verb.toString());
        if (file != null) {
            line.append(" by pid ").append(file.pid());
        }
        line.append(isThreadless() ? ", no thread" : ", thread " + threadName);
        if (!isThreadless() && thread == null) {
            line.append(", which died inside");
        }
        if (waitingOn != null) {
            line.append(", asleep on ").append(waitingOn.name());
        }
        return line.toString();
    }

    /** A line for each call, with the stack of its thread. */
    static String describe(List<CallInFlight> calls) {
        StringBuilder text = new StringBuilder();
        for (CallInFlight call : calls) {
            text.append("  ").append(call).append('\n');
            if (call.thread != null) {
                for (StackTraceElement frame : call.thread.getStackTrace()) {
                    text.append("    at ").append(frame).append('\n');
                }
            }
        }
        return text.toString();
    }
}

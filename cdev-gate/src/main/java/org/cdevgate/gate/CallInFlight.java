package org.cdevgate.gate;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.calls.Verb;

/**
 * A snapshot of one call in flight, or of one {@link Hold}, for people and tests: it may have ended
 * when you look at it. Immutable.
 */
public final class CallInFlight {
    private final String device;
    private final Verb verb;
    private final OpenFile file;
    private final Thread thread;
    private final String threadName;
    private final List<String> nested;
    private final WaitQueue waitingOn;
    private final String tag;
    private final boolean lost;
    private final Duration held;
    private final boolean exact;
    private final List<StackTraceElement> stack;
    private final String waitsOn;

    private CallInFlight(Builder builder) {
        device = builder.gate.name();
        verb = builder.verb;
        file = builder.file;
        thread = builder.thread;
        threadName = builder.threadName;
        nested = List.copyOf(builder.nested);
        waitingOn = builder.waitingOn;
        tag = builder.tag;
        lost = builder.lost;
        stack = builder.stack;
        waitsOn = builder.waitsOn;
        long now = System.nanoTime();
        exact = builder.exact;
        held = Duration.ofNanos(Math.max(0, now - since(builder, now)));
    }

    /** When it began, or the flag was set, or now if neither is known. */
    private static long since(Builder builder, long now) {
        if (builder.exact) {
            return builder.start;
        }
        // In this order: who sees the flag sees its time.
        return builder.gate.isRemoving() ? builder.gate.removal().flaggedAt() : now;
    }

    private static final class Builder {
        private final FopsGate gate;
        private final Verb verb;
        private OpenFile file;
        private Thread thread;
        private String threadName;
        private List<String> nested = List.of();
        private WaitQueue waitingOn;
        private String tag;
        private boolean lost;
        private boolean exact;
        private long start;
        private List<StackTraceElement> stack = List.of();
        private String waitsOn;

        Builder(FopsGate gate, Verb verb) {
            this.gate = gate;
            this.verb = verb;
        }
    }

    /** The call that a frame has in flight. */
    static CallInFlight of(FopsGate gate, Frame call) {
        CallRecord record = call.record;
        Builder builder = new Builder(gate, call.verbInFlight());
        OpenFile file = call.file;
        builder.file = file == null || file.gate() == gate ? file : null;
        builder.thread = record.thread();
        builder.threadName = record.threadName();
        builder.nested = call.nested();
        builder.waitingOn = Frame.waitingOn(record);
        builder.exact = call.isStamped();
        builder.start = call.start();
        return new CallInFlight(builder);
    }

    /** A request that sleeps without a thread. */
    static CallInFlight threadless(FopsGate gate, RequestSleeper request) {
        Builder builder = new Builder(gate, request.verb());
        builder.file = request.file();
        builder.waitingOn = request.queue();
        return new CallInFlight(builder);
    }

    /** A hold. */
    static CallInFlight hold(FopsGate gate, HoldTable.Entry hold) {
        Builder builder = new Builder(gate, Verb.HOLD);
        builder.threadName = hold.threadName;
        builder.tag = hold.tag;
        builder.lost = hold.isLost();
        builder.exact = true;
        builder.start = hold.start;
        if (hold.taken != null) {
            builder.stack = List.of(hold.taken.getStackTrace());
        }
        return new CallInFlight(builder);
    }

    /** The device. */
    public String device() {
        return device;
    }

    /** What runs or sleeps. */
    public Verb verb() {
        return verb;
    }

    /** The open file it was called for; null for code that entered by hand, holds and hooks. */
    public OpenFile file() {
        return file;
    }

    /**
     * The thread inside the driver; null if it is thread-less, if the thread died inside, and for a
     * hold, which belongs to no thread.
     */
    public Thread thread() {
        return thread;
    }

    /**
     * The calls that its thread has gone on to from this one, the outermost first, each as {@code
     * ioctl of adapter}; empty as a rule.
     */
    public List<String> nested() {
        return nested;
    }

    /**
     * The queue its thread sleeps on, in this call or in a nested one; null if it runs or waits for
     * something else.
     */
    public WaitQueue waitingOn() {
        return waitingOn;
    }

    /** What a hold is for, as given when it was taken; null for a call. */
    public String tag() {
        return tag;
    }

    /** Whether it is a hold that was lost without being released. */
    public boolean isLost() {
        return lost;
    }

    /**
     * How long it has been in flight; counted from the removal's flag, zero if there is none, where
     * its start is not known.
     */
    public Duration heldFor() {
        return held;
    }

    /**
     * Whether {@link #heldFor()} is exact: a hold, or a call that began at SAMPLED or FULL, see
     * {@link FopsGate#diagnostics}. Otherwise it is at least that long.
     */
    public boolean isHeldForExact() {
        return exact;
    }

    /**
     * Whether it is a request that sleeps without a thread: it has left the gate and no removal
     * waits for it.
     */
    public boolean isThreadless() {
        return threadName == null;
    }

    /**
     * In a {@link RemovalReport} the stack of the thread, innermost first, or of the thread that
     * took a hold if that was kept; otherwise empty.
     */
    public List<StackTraceElement> stack() {
        return stack;
    }

    /**
     * In a {@link RemovalReport} what the thread waits on other than a queue (a lock and who holds
     * it), for people; null if that is nothing, or unknown.
     */
    public String waitsOn() {
        return waitsOn;
    }

    /** With the stack and what the thread waits on. */
    CallInFlight detailed(FopsGate gate, List<StackTraceElement> itsStack, String lookedAt) {
        Builder builder = new Builder(gate, verb);
        builder.file = file;
        builder.thread = thread;
        builder.threadName = threadName;
        builder.nested = nested;
        builder.waitingOn = waitingOn;
        builder.tag = tag;
        builder.lost = lost;
        builder.exact = exact;
        builder.start = System.nanoTime() - held.toNanos();
        builder.stack = itsStack;
        builder.waitsOn = lookedAt;
        return new CallInFlight(builder);
    }

    /**
     * One line, for example {@code read of ttyS0 by pid 4711 (cat), thread fuse-3, for at least 12
     * ms, asleep on readable}, or with a nested call {@code read of sensor by pid 4711 (cat),
     * thread fuse-3, for at least 12 ms, in ioctl of adapter, asleep on transfer done}.
     */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(verb.toString());
        if (tag != null) {
            line.append(" \"").append(tag).append('"');
        }
        line.append(" of ").append(device);
        if (file != null) {
            line.append(" by ").append(file.process());
        }
        if (tag != null) {
            line.append(", taken by thread ").append(threadName);
        } else if (isThreadless()) {
            line.append(", no thread");
        } else {
            line.append(", thread ").append(threadName);
            if (thread == null) {
                line.append(", which died inside");
            }
        }
        if (exact || !held.isZero()) {
            line.append(exact ? ", for " : ", for at least ").append(text(held));
        }
        if (lost) {
            line.append(", lost without being released");
        }
        for (String each : nested) {
            line.append(", in ").append(each);
        }
        if (waitingOn != null) {
            line.append(", asleep on ").append(waitingOn.name());
        } else if (waitsOn != null) {
            line.append(", ").append(waitsOn);
        }
        return line.toString();
    }

    /** A time for people: "12 ms", "3.4 s". */
    static String text(Duration time) {
        long millis = time.toMillis();
        if (millis < 1) {
            return TimeUnit.NANOSECONDS.toMicros(time.toNanos()) + " us";
        }
        return millis < 1000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }
}

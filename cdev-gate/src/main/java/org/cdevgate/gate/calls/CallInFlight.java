package org.cdevgate.gate.calls;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.cdevgate.internal.Arguments;
import org.cdevgate.internal.Texts;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one call in flight, or of one {@link org.cdevgate.gate.Hold}, for people and tests:
 * it may have ended when you look at it. Immutable.
 */
public final class CallInFlight {
    private static final int NO_FILE = -2;

    private final String device;
    private final Verb verb;
    private final int pid;
    private final @Nullable Thread thread;
    private final @Nullable String threadName;
    private final List<String> nested;
    private final @Nullable String waitingOn;
    private final @Nullable String tag;
    private final boolean lost;
    private final Duration held;
    private final boolean exact;
    private final List<StackTraceElement> stack;
    private final @Nullable String waitsOn;

    private CallInFlight(Builder builder) {
        device = builder.device;
        verb = builder.verb;
        pid = builder.pid;
        thread = builder.thread;
        threadName = builder.threadName;
        nested = List.copyOf(builder.nested);
        waitingOn = builder.waitingOn;
        tag = builder.tag;
        lost = builder.lost;
        stack = builder.stack;
        waitsOn = builder.waitsOn;
        exact = builder.exact;
        held =
                builder.known
                        ? Duration.ofNanos(Math.max(0, System.nanoTime() - builder.start))
                        : Duration.ZERO;
    }

    /** Begins a snapshot, for those who look. */
    public static Builder builder(String device, Verb verb) {
        return new Builder(device, verb);
    }

    /** Collects what was seen. For one thread. */
    public static final class Builder {
        private final String device;
        private final Verb verb;
        private int pid = NO_FILE;
        private @Nullable Thread thread;
        private @Nullable String threadName;
        private List<String> nested = List.of();
        private @Nullable String waitingOn;
        private @Nullable String tag;
        private boolean lost;
        private boolean known;
        private boolean exact;
        private long start;
        private List<StackTraceElement> stack = List.of();
        private @Nullable String waitsOn;

        private Builder(String device, Verb verb) {
            this.device = Objects.requireNonNull(device, "device");
            this.verb = Objects.requireNonNull(verb, "verb");
        }

        /** It was called for a file that this process opened. */
        public Builder file(int opener) {
            pid = opener;
            return this;
        }

        /**
         * The thread inside, or that took a hold.
         *
         * @param inside null if it died, and for a hold
         */
        public Builder thread(@Nullable Thread inside, String name) {
            thread = inside;
            threadName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** See {@link CallInFlight#nested()}. */
        public Builder nested(List<String> calls) {
            nested = Arguments.elements(calls, "calls");
            return this;
        }

        /** See {@link CallInFlight#waitingOn()}. */
        public Builder waitingOn(String queue) {
            waitingOn = Objects.requireNonNull(queue, "queue");
            return this;
        }

        /** It is a hold. */
        public Builder tag(String what, boolean isLost) {
            tag = Objects.requireNonNull(what, "what");
            lost = isLost;
            return this;
        }

        /** When it began, of {@link System#nanoTime()}. */
        public Builder since(long nanoTime) {
            known = true;
            exact = true;
            start = nanoTime;
            return this;
        }

        /** When it was there, of {@link System#nanoTime()}, if it is not known when it began. */
        public Builder atLeastSince(long nanoTime) {
            known = true;
            start = nanoTime;
            return this;
        }

        /** See {@link CallInFlight#stack()}. */
        public Builder stack(List<StackTraceElement> frames) {
            stack = Arguments.elements(frames, "frames");
            return this;
        }

        /** The snapshot. */
        public CallInFlight build() {
            return new CallInFlight(this);
        }
    }

    /** The device. */
    public String device() {
        return device;
    }

    /** What runs or sleeps. */
    public Verb verb() {
        return verb;
    }

    /** Whether it was called for an open file; not so for code that entered by hand and holds. */
    public boolean hasFile() {
        return pid != NO_FILE;
    }

    /** The process that opened the file it was called for; -1 if that is unknown, or no file. */
    public int pid() {
        return hasFile() ? pid : -1;
    }

    /**
     * The thread inside the driver; null if it is thread-less, if the thread died inside, and for a
     * hold, which belongs to no thread.
     */
    public @Nullable Thread thread() {
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
     * The name of the queue its thread sleeps on, in this call or in a nested one; null if it runs
     * or waits for something else.
     */
    public @Nullable String waitingOn() {
        return waitingOn;
    }

    /** What a hold is for, as given when it was taken; null for a call. */
    public @Nullable String tag() {
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
     * {@link org.cdevgate.gate.FopsGate#diagnostics}. Otherwise it is at least that long.
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
     * In a {@link org.cdevgate.gate.removal.RemovalReport} the stack of the thread, innermost
     * first, or of the thread that took a hold if that was kept; otherwise empty.
     */
    public List<StackTraceElement> stack() {
        return stack;
    }

    /**
     * In a {@link org.cdevgate.gate.removal.RemovalReport} what the thread waits on other than a
     * queue (a lock and who holds it), for people; null if that is nothing, or unknown.
     */
    public @Nullable String waitsOn() {
        return waitsOn;
    }

    /** With the stack and what the thread waits on. */
    public CallInFlight detailed(List<StackTraceElement> itsStack, @Nullable String lookedAt) {
        Builder builder = new Builder(device, verb);
        builder.pid = pid;
        builder.thread = thread;
        builder.threadName = threadName;
        builder.nested = nested;
        builder.waitingOn = waitingOn;
        builder.tag = tag;
        builder.lost = lost;
        builder.known = exact || !held.isZero();
        builder.exact = exact;
        builder.start = System.nanoTime() - held.toNanos();
        builder.stack = Arguments.elements(itsStack, "itsStack");
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
        if (hasFile()) {
            line.append(" by ").append(process());
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
            line.append(exact ? ", for " : ", for at least ").append(Texts.time(held));
        }
        if (lost) {
            line.append(", lost without being released");
        }
        for (String each : nested) {
            line.append(", in ").append(each);
        }
        if (waitingOn != null) {
            line.append(", asleep on ").append(waitingOn);
        } else if (waitsOn != null) {
            line.append(", ").append(waitsOn);
        }
        return line.toString();
    }

    /** The process that opened it, for people: {@code pid 4711 (cat)}. */
    private String process() {
        return "pid "
                + pid
                + ProcessHandle.of(pid)
                        .flatMap(process -> process.info().command())
                        .map(
                                command ->
                                        " ("
                                                + command.substring(command.lastIndexOf('/') + 1)
                                                + ")")
                        .orElse("");
    }
}

package org.cdevgate.gate.diagnostics.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.jspecify.annotations.Nullable;

/**
 * Notes what one removal does, for its {@link RemovalTimeline}. Make one just before the flag is
 * set; its time begins then.
 *
 * <p>All methods may be called by any thread, at any time, also after {@link #finish()}. Adding
 * takes a lock for a moment; what many calls do at once, {@link CallSpan#ended()}, takes none. The
 * memory is bounded: what comes after {@value #MAX_CALLS} calls, {@value #MAX_MARKS} instants or
 * {@value #MAX_SPANS_PER_PHASE} spans of one phase is counted, not kept.
 */
public final class TimelineRecorder {
    /** So many calls in flight are kept. */
    public static final int MAX_CALLS = 10_000;

    /** So many instants are kept: a hook that is called again for hours makes many. */
    public static final int MAX_MARKS = 1_000;

    /** So many spans of one phase are kept: removers that drain at once, or again, make several. */
    public static final int MAX_SPANS_PER_PHASE = 100;

    private final String device;
    private final LongSupplier nanoClock;
    private final Instant startedAt;
    private final long startNanos;

    // Guarded by this.
    private final List<PhaseSpan> phases = new ArrayList<>();
    private final Map<RemovalPhase, Integer> spansOf = new EnumMap<>(RemovalPhase.class);
    private final List<CallSpan> calls = new ArrayList<>();
    private final List<RemovalTimeline.Mark> marks = new ArrayList<>();
    private int phasesLeftOut;
    private int callsLeftOut;
    private int marksLeftOut;
    private @Nullable Long finishedNanos;

    /**
     * Begins the timeline of a removal.
     *
     * @param device the device's name
     */
    public TimelineRecorder(String device) {
        this(device, System::nanoTime, Instant.now());
    }

    TimelineRecorder(String device, LongSupplier nanoClock, Instant startedAt) {
        this.device = Objects.requireNonNull(device, "device");
        this.nanoClock = nanoClock;
        this.startedAt = startedAt;
        this.startNanos = nanoClock.getAsLong();
    }

    /**
     * Begins a phase on this thread, also as a {@link RemovalPhaseEvent}. Removers that drain at
     * the same time have a span each.
     */
    public PhaseSpan begin(RemovalPhase phase) {
        Objects.requireNonNull(phase, "phase");
        Thread thread = Thread.currentThread();
        PhaseSpan span =
                new PhaseSpan(phase, thread.getId(), thread.getName(), nanoClock.getAsLong());
        synchronized (this) {
            if (spansOf.merge(phase, 1, Integer::sum) <= MAX_SPANS_PER_PHASE) {
                phases.add(span);
            } else {
                phasesLeftOut++;
            }
        }
        return span;
    }

    /**
     * Adds a call that was in flight at the flag and whose start is not known; it is told as "at
     * least since the flag".
     *
     * @param verb what it executes
     * @param caller who called: the open file and its process, for people; null if unknown
     * @param threadId the id of its thread, or 0 for a request that sleeps without a thread
     * @param threadName the name of its thread, or null for a request without one
     * @return where its end is noted
     */
    public CallSpan call(
            String verb, @Nullable String caller, long threadId, @Nullable String threadName) {
        return add(new CallSpan(verb, caller, threadId, threadName, startNanos, false));
    }

    /**
     * Adds a call that was in flight at the flag and whose start is known.
     *
     * @param startNanos when it started, as {@link System#nanoTime()} told it
     * @see #call(String, String, long, String)
     */
    public CallSpan call(
            String verb,
            @Nullable String caller,
            long threadId,
            @Nullable String threadName,
            long startNanos) {
        return add(new CallSpan(verb, caller, threadId, threadName, startNanos, true));
    }

    private synchronized CallSpan add(CallSpan span) {
        if (calls.size() < MAX_CALLS) {
            calls.add(span);
        } else {
            callsLeftOut++;
        }
        return span;
    }

    /**
     * Notes that something happened on this thread just now: a hook was called, a callback threw, a
     * wait ended early.
     *
     * @param what in a word or two
     * @param detail more about it, for example an exception, or null
     */
    public void mark(String what, @Nullable String detail) {
        Objects.requireNonNull(what, "what");
        Thread thread = Thread.currentThread();
        RemovalTimeline.Mark mark =
                new RemovalTimeline.Mark(
                        what, detail, nanoClock.getAsLong(), thread.getId(), thread.getName());
        synchronized (this) {
            if (marks.size() < MAX_MARKS) {
                marks.add(mark);
            } else {
                marksLeftOut++;
            }
        }
    }

    /** The removal has finished; the first call counts. */
    public synchronized void finish() {
        if (finishedNanos == null) {
            finishedNanos = nanoClock.getAsLong();
        }
    }

    /** What was noted until now, as a value. */
    public synchronized RemovalTimeline timeline() {
        long end = finishedNanos != null ? finishedNanos : nanoClock.getAsLong();
        return new RemovalTimeline(
                device,
                startedAt,
                startNanos,
                end,
                finishedNanos != null,
                phases.stream().map(span -> span.slice(end)).toList(),
                calls.stream().map(span -> span.slice(end)).toList(),
                marks,
                new RemovalTimeline.LeftOut(phasesLeftOut, callsLeftOut, marksLeftOut));
    }

    /** A moment, and whether it is the end itself or only not before it. */
    private record End(long nanos, RemovalTimeline.End kind) {}

    /** A phase that runs. */
    public final class PhaseSpan {
        private final RemovalPhase phase;
        private final long threadId;
        private final String threadName;
        private final long spanStart;
        private final @Nullable RemovalPhaseEvent event = FlightEvents.phaseOrNull();
        private final AtomicReference<@Nullable End> end = new AtomicReference<>();

        private PhaseSpan(RemovalPhase phase, long threadId, String threadName, long spanStart) {
            this.phase = phase;
            this.threadId = threadId;
            this.threadName = threadName;
            this.spanStart = spanStart;
        }

        /** Ends the phase; the first call counts. Any thread. */
        public void end() {
            End now = new End(nanoClock.getAsLong(), RemovalTimeline.End.EXACT);
            if (end.compareAndSet(null, now) && event != null) {
                event.ended(device, phase);
            }
        }

        private RemovalTimeline.PhaseSlice slice(long until) {
            End ended = end.get();
            return new RemovalTimeline.PhaseSlice(
                    phase,
                    threadId,
                    threadName,
                    spanStart,
                    ended == null ? until : ended.nanos,
                    ended != null);
        }
    }

    /** A call that was in flight at the flag. */
    public final class CallSpan {
        private final String verb;
        private final @Nullable String caller;
        private final long threadId;
        private final @Nullable String threadName;
        private final long callStart;
        private final boolean startExact;
        private final AtomicReference<@Nullable End> end = new AtomicReference<>();

        private CallSpan(
                String verb,
                @Nullable String caller,
                long threadId,
                @Nullable String threadName,
                long callStart,
                boolean startExact) {
            this.verb = Objects.requireNonNull(verb, "verb");
            this.caller = caller;
            this.threadId = threadId;
            this.threadName = threadName;
            this.callStart = callStart;
            this.startExact = startExact;
        }

        /** The call ends now and says so itself; the first end noted counts. */
        public void ended() {
            end(RemovalTimeline.End.EXACT);
        }

        /** The call was seen gone: it ended now at the latest; the first end noted counts. */
        public void seenGone() {
            end(RemovalTimeline.End.AT_THE_LATEST);
        }

        private void end(RemovalTimeline.End kind) {
            if (end.get() == null) {
                end.compareAndSet(null, new End(nanoClock.getAsLong(), kind));
            }
        }

        private RemovalTimeline.CallSlice slice(long until) {
            End ended = end.get();
            return new RemovalTimeline.CallSlice(
                    verb,
                    caller,
                    threadId,
                    threadName,
                    callStart,
                    startExact,
                    ended == null ? until : ended.nanos,
                    ended == null ? RemovalTimeline.End.STILL_RUNNING : ended.kind,
                    null);
        }
    }
}

package org.cdevgate.gate.diagnostics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.cdevgate.internal.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * What one removal did and when: its phases, the calls that were in flight at the flag, and what
 * happened meanwhile. Immutable; a removal that still runs gives one of its time so far.
 *
 * <p>Written as a Chrome trace, it can be looked at in a trace viewer (open the file at
 * ui.perfetto.dev, or in chrome://tracing): a process per device, a track per thread. A group
 * removal is one trace with a process for each member.
 *
 * <p>Times are those of {@link System#nanoTime()} and mean something in this JVM only; {@link
 * #startedAt()} gives the time of day.
 *
 * @param device the device's name
 * @param startedAt when the removal began, by the clock on the wall
 * @param startNanos when it began, just before the flag
 * @param endNanos when it finished, or this was taken
 * @param isFinished whether it had finished, teardown included
 * @param phases in the order in which they began
 * @param calls that were in flight at the flag, in the order in which they were found
 * @param marks what happened meanwhile, in order
 * @param leftOut what is missing
 */
public record RemovalTimeline(
        String device,
        Instant startedAt,
        long startNanos,
        long endNanos,
        boolean isFinished,
        List<PhaseSlice> phases,
        List<CallSlice> calls,
        List<Mark> marks,
        LeftOut leftOut) {
    public RemovalTimeline {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(startedAt, "startedAt");
        phases = Arguments.elements(phases, "phases");
        calls = Arguments.elements(calls, "calls");
        marks = Arguments.elements(marks, "marks");
        Objects.requireNonNull(leftOut, "leftOut");
    }

    /** What is known about the end of a call. */
    public enum End {
        /** The call noted it itself. */
        EXACT,
        /** The remover found it gone: it ended then or a little before. */
        AT_THE_LATEST,
        /** It had not ended when the timeline was taken, which is given as its end. */
        STILL_RUNNING
    }

    /**
     * A phase, or one remover's part of it.
     *
     * @param threadId the id of the thread that began it
     * @param threadName its name
     * @param startNanos when it began
     * @param endNanos when it ended, or the end of the timeline
     * @param ended whether it has ended
     */
    public record PhaseSlice(
            RemovalPhase phase,
            long threadId,
            String threadName,
            long startNanos,
            long endNanos,
            boolean ended) {
        /** How long it took so far, in nanoseconds. */
        public long durationNanos() {
            return endNanos - startNanos;
        }
    }

    /**
     * A call that was in flight at the flag.
     *
     * @param verb what it executed
     * @param caller the open file and its process, for people; null if unknown
     * @param threadId the id of its thread, 0 if it had none
     * @param threadName the name of its thread, null if it slept without one
     * @param startNanos when it started, or the time of the flag
     * @param startExact whether it started then; else it ran at least since then
     * @param endNanos when it ended; what that means, {@code end} says
     * @param answer what its caller got, for people; null if that is not known. The gate does not
     *     look: whoever does tells it by {@link #withCalls}
     */
    public record CallSlice(
            String verb,
            @Nullable String caller,
            long threadId,
            @Nullable String threadName,
            long startNanos,
            boolean startExact,
            long endNanos,
            End end,
            @Nullable String answer) {
        /** How long it ran, in nanoseconds, as far as it is known. */
        public long durationNanos() {
            return endNanos - startNanos;
        }
    }

    /**
     * Something that happened.
     *
     * @param what in a word or two
     * @param detail more about it, or null
     * @param nanos when
     * @param threadId the id of the thread it happened on
     * @param threadName its name
     */
    public record Mark(
            String what, @Nullable String detail, long nanos, long threadId, String threadName) {}

    /** How many of each are missing, because they would have been too many. */
    public record LeftOut(int phases, int calls, int marks) {}

    /** The timeline as Chrome-trace JSON, in ASCII. */
    public String toChromeTrace() {
        return toChromeTrace(List.of(this));
    }

    /**
     * Several timelines of this JVM in one Chrome trace, on one axis of time.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static String toChromeTrace(List<RemovalTimeline> timelines) {
        List<RemovalTimeline> all = Arguments.elements(timelines, "timelines");
        StringBuilder text = new StringBuilder();
        try {
            new ChromeTrace(all).writeTo(text);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringBuilder failed", e);
        }
        return text.toString();
    }

    /**
     * Writes the Chrome trace to a file, which is made or replaced.
     *
     * @throws IOException as {@link Files#newBufferedWriter}
     */
    public void writeTo(Path file) throws IOException {
        writeTo(file, List.of(this));
    }

    /**
     * Writes several timelines of this JVM to a file as one Chrome trace.
     *
     * @throws IllegalArgumentException if there is none; no file is made then
     * @throws IOException as {@link Files#newBufferedWriter}
     */
    public static void writeTo(Path file, List<RemovalTimeline> timelines) throws IOException {
        Objects.requireNonNull(file, "file");
        ChromeTrace trace = new ChromeTrace(Arguments.elements(timelines, "timelines"));
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            trace.writeTo(out);
        }
    }

    /**
     * The timeline as a picture: an SVG document that needs nothing else, no script and no network.
     */
    public String toSvg() {
        return toSvg(List.of(this));
    }

    /**
     * Several timelines below each other in one picture, each with its own axis of time.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static String toSvg(List<RemovalTimeline> timelines) {
        List<RemovalTimeline> all = Arguments.elements(timelines, "timelines");
        if (all.isEmpty()) {
            throw new IllegalArgumentException("timelines is empty; give at least one");
        }
        return SvgPicture.of(all);
    }

    /**
     * With other calls, by one who knows more of them than the gate: who made them, and answers.
     */
    public RemovalTimeline withCalls(List<CallSlice> calls) {
        return new RemovalTimeline(
                device,
                startedAt,
                startNanos,
                endNanos,
                isFinished,
                phases,
                calls,
                marks,
                new LeftOut(leftOut.phases, 0, leftOut.marks));
    }

    /** One line, for example {@code ttyS0: removed in 1.204 ms, 3 calls in flight at the flag}. */
    @Override
    public String toString() {
        double millis = (endNanos - startNanos) / 1e6;
        int inFlight = calls.size() + leftOut.calls;
        return String.format(
                java.util.Locale.ROOT,
                "%s: %s %.3f ms, %d call%s in flight at the flag",
                device,
                isFinished ? "removed in" : "removing for",
                millis,
                inFlight,
                inFlight == 1 ? "" : "s");
    }
}

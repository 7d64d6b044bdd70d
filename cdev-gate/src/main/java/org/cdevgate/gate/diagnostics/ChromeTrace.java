package org.cdevgate.gate.diagnostics;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes timelines in the trace event format: a JSON object with {@code traceEvents}, of which "X"
 * is a slice with a duration, "b" and "e" the ends of one that belongs to no thread, "i" an instant
 * and "M" a name. A device is a process. Times are microseconds since the earliest start.
 *
 * <p>The ids of threads in the trace are its own: viewers look names up by thread id alone, so one
 * Java thread that works for two devices needs two.
 */
final class ChromeTrace {
    private static final String CATEGORY = "cdev-gate";

    private final List<RemovalTimeline> timelines;
    private final long origin;
    private int lastThread;
    private int lastAsync;

    ChromeTrace(List<RemovalTimeline> timelines) {
        if (timelines.isEmpty()) {
            throw new IllegalArgumentException("timelines is empty; give at least one");
        }
        this.timelines = List.copyOf(timelines);
        this.origin = earliest();
        // Viewers take the thread whose id is its process's for the main thread.
        this.lastThread = timelines.size();
    }

    /** Times of System.nanoTime() compare by their difference. */
    private long earliest() {
        long earliest = timelines.get(0).startNanos();
        for (RemovalTimeline timeline : timelines) {
            earliest = Math.min(timeline.startNanos() - earliest, 0) + earliest;
            for (RemovalTimeline.CallSlice call : timeline.calls()) {
                earliest = Math.min(call.startNanos() - earliest, 0) + earliest;
            }
        }
        return earliest;
    }

    void writeTo(Appendable out) throws IOException {
        JsonWriter json = new JsonWriter(out);
        json.beginObject().field("displayTimeUnit", "ns").beginArray("traceEvents");
        for (int i = 0; i < timelines.size(); i++) {
            write(json, timelines.get(i), i + 1);
        }
        json.endArray().endObject();
        out.append('\n');
    }

    private void write(JsonWriter json, RemovalTimeline timeline, int process) throws IOException {
        name(json, "process_name", process, 0, timeline.device());
        Map<ThreadKey, ThreadTracks> threads = new LinkedHashMap<>();
        List<TraceSlice> asynchronous = new ArrayList<>();
        for (TraceSlice slice : slices(timeline)) {
            if (slice.threadName() == null) {
                asynchronous.add(slice);
            } else {
                tracks(threads, slice.threadId(), slice.threadName()).add(slice);
            }
        }
        for (RemovalTimeline.Mark mark : timeline.marks()) {
            tracks(threads, mark.threadId(), mark.threadName());
        }
        for (ThreadTracks thread : threads.values()) {
            writeThread(json, process, thread);
        }
        for (TraceSlice slice : asynchronous) {
            writeAsynchronous(json, process, slice);
        }
        for (RemovalTimeline.Mark mark : timeline.marks()) {
            event(json, "i", mark.what(), process, mark.nanos())
                    .field(
                            "tid",
                            tracks(threads, mark.threadId(), mark.threadName()).firstTrackId())
                    .field("s", "t");
            args(json, mark.detail() == null ? Map.of() : Map.of("detail", mark.detail()));
            json.endObject();
        }
    }

    /** A thread of a timeline: by id, or by name alone for one whose id is not known. */
    private record ThreadKey(long id, @Nullable String name) {}

    private static ThreadTracks tracks(Map<ThreadKey, ThreadTracks> all, long id, String name) {
        // A thread may be renamed while a removal runs.
        ThreadKey key = new ThreadKey(id, id == 0 ? name : null);
        return all.computeIfAbsent(key, absent -> new ThreadTracks(name));
    }

    /** The outermost first where they start together. */
    private static List<TraceSlice> slices(RemovalTimeline timeline) {
        List<TraceSlice> slices = new ArrayList<>();
        slices.add(whole(timeline));
        for (RemovalTimeline.PhaseSlice phase : timeline.phases()) {
            slices.add(
                    new TraceSlice(
                            phase.phase().toString(),
                            phase.threadId(),
                            phase.threadName(),
                            phase.startNanos(),
                            phase.endNanos(),
                            Map.of("ended", phase.ended())));
        }
        for (RemovalTimeline.CallSlice call : timeline.calls()) {
            slices.add(slice(call));
        }
        return slices;
    }

    /** The removal, on the thread that began it. */
    private static TraceSlice whole(RemovalTimeline timeline) {
        List<RemovalTimeline.PhaseSlice> phases = timeline.phases();
        Map<String, Object> args = new LinkedHashMap<>();
        args.put("started at", timeline.startedAt().toString());
        args.put("finished", timeline.isFinished());
        args.put("calls in flight", timeline.calls().size() + timeline.leftOut().calls());
        args.put("calls left out", timeline.leftOut().calls());
        args.put("phases left out", timeline.leftOut().phases());
        args.put("instants left out", timeline.leftOut().marks());
        return new TraceSlice(
                "removal of " + timeline.device(),
                phases.isEmpty() ? 0 : phases.get(0).threadId(),
                phases.isEmpty() ? null : phases.get(0).threadName(),
                timeline.startNanos(),
                timeline.endNanos(),
                args);
    }

    private static TraceSlice slice(RemovalTimeline.CallSlice call) {
        Map<String, Object> args = new LinkedHashMap<>();
        if (call.caller() != null) {
            args.put("caller", call.caller());
        }
        args.put("start", call.startExact() ? "exact" : "at least since the flag");
        args.put("end", describe(call.end()));
        if (call.answer() != null) {
            args.put("answer", call.answer());
        }
        return new TraceSlice(
                call.verb(),
                call.threadId(),
                call.threadName(),
                call.startNanos(),
                call.endNanos(),
                args);
    }

    private static String describe(RemovalTimeline.End end) {
        return switch (end) {
            case EXACT -> "exact";
            case AT_THE_LATEST -> "at the latest";
            case STILL_RUNNING -> "still running";
        };
    }

    private void writeThread(JsonWriter json, int process, ThreadTracks thread) throws IOException {
        List<List<TraceSlice>> tracks = thread.nested();
        for (int i = 0; i < tracks.size(); i++) {
            int id = ++lastThread;
            if (i == 0) {
                thread.firstTrackId(id);
            }
            String name = i == 0 ? thread.name() : thread.name() + " (" + (i + 1) + ")";
            name(json, "thread_name", process, id, name);
            for (TraceSlice slice : tracks.get(i)) {
                event(json, "X", slice.name(), process, slice.startNanos())
                        .field("tid", id)
                        .micros("dur", slice.endNanos() - slice.startNanos());
                args(json, slice.args());
                json.endObject();
            }
        }
    }

    private void writeAsynchronous(JsonWriter json, int process, TraceSlice slice)
            throws IOException {
        String id = "0x" + Integer.toHexString(++lastAsync);
        event(json, "b", slice.name(), process, slice.startNanos()).field("id", id);
        args(json, slice.args());
        json.endObject();
        event(json, "e", slice.name(), process, slice.endNanos()).field("id", id).endObject();
    }

    private JsonWriter event(JsonWriter json, String kind, String name, int process, long nanos)
            throws IOException {
        return json.beginObject()
                .field("ph", kind)
                .field("name", name)
                .field("cat", CATEGORY)
                .field("pid", process)
                .micros("ts", nanos - origin);
    }

    private static void name(JsonWriter json, String what, int process, int thread, String name)
            throws IOException {
        json.beginObject().field("ph", "M").field("name", what).field("pid", process);
        if (thread != 0) {
            json.field("tid", thread);
        }
        json.beginObject("args").field("name", name).endObject().endObject();
    }

    private static void args(JsonWriter json, Map<String, ?> args) throws IOException {
        json.beginObject("args");
        for (Map.Entry<String, ?> arg : args.entrySet()) {
            Object value = arg.getValue();
            if (value instanceof Boolean flag) {
                json.field(arg.getKey(), flag);
            } else if (value instanceof Integer number) {
                json.field(arg.getKey(), number.longValue());
            } else {
                json.field(arg.getKey(), value.toString());
            }
        }
        json.endObject();
    }
}

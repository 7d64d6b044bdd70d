package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder.CallSpan;
import org.cdevgate.gate.diagnostics.internal.TimelineRecorder.PhaseSpan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A removal told as a timeline, and the timeline read back as a trace viewer would. */
class RemovalTimelineTest {
    private static final Instant NOON = Instant.parse("2024-05-06T12:00:00Z");

    /** Close to the end of what a long holds: times may only be compared by their difference. */
    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 1_500);

    private final TimelineRecorder recorder = recorder("ttyS0");

    private TimelineRecorder recorder(String device) {
        return new TimelineRecorder(device, clock, NOON);
    }

    private void run(RemovalPhase phase, long nanos) {
        PhaseSpan span = recorder.begin(phase);
        clock.advance(nanos);
        span.end();
    }

    /** Another for most phases, and none a whole number of microseconds. */
    private static long nanosOf(RemovalPhase phase) {
        return 1_000L + phase.name().length();
    }

    private void runAll() {
        for (RemovalPhase phase : RemovalPhase.values()) {
            run(phase, nanosOf(phase));
        }
        recorder.finish();
    }

    private TraceView trace() throws IOException {
        TraceView view = new TraceView(recorder.timeline().toChromeTrace());
        view.assertNests();
        return view;
    }

    @Test
    void thePhasesComeInTheirOrderWithTheirDurationsAndThread() {
        runAll();
        RemovalTimeline timeline = recorder.timeline();
        assertTrue(timeline.isFinished());
        assertEquals(
                List.of(RemovalPhase.values()),
                timeline.phases().stream().map(RemovalTimeline.PhaseSlice::phase).toList());
        long at = timeline.startNanos();
        for (RemovalTimeline.PhaseSlice phase : timeline.phases()) {
            assertEquals(at, phase.startNanos(), phase.toString());
            assertEquals(nanosOf(phase.phase()), phase.durationNanos());
            assertEquals(Thread.currentThread().getName(), phase.threadName());
            assertTrue(phase.ended());
            at = phase.endNanos();
        }
        assertEquals(at, timeline.endNanos());
        assertEquals("ttyS0: removed in 0.006 ms, 0 calls in flight at the flag", "" + timeline);
    }

    @Test
    void aTraceShowsThePhasesInsideTheRemoval() throws IOException {
        runAll();
        TraceView trace = trace();
        TraceView.Slice removal = trace.slice("removal of ttyS0");
        assertEquals("ttyS0", removal.process());
        assertEquals(Thread.currentThread().getName(), removal.track());
        assertEquals(NOON.toString(), removal.args().get("started at").textValue());
        assertEquals(6_037, removal.dur());
        long at = 0;
        for (RemovalPhase phase : RemovalPhase.values()) {
            TraceView.Slice slice = trace.slice(phase.toString());
            assertEquals(at, slice.ts(), "fractions of microseconds are lost");
            assertEquals(nanosOf(phase), slice.dur());
            assertEquals(removal.track(), slice.track(), phase + " is not inside the removal");
            at = slice.end();
        }
    }

    @Test
    void aPhaseStandsOnTheThreadThatRanIt() throws Exception {
        run(RemovalPhase.FLAG, 10);
        Thread drainer = new Thread(() -> run(RemovalPhase.DRAIN, 20), "drainer");
        drainer.start();
        drainer.join();
        run(RemovalPhase.TEARDOWN, 30);
        recorder.finish();
        TraceView trace = trace();
        assertEquals("drainer", trace.slice("drain").track());
        assertEquals(Thread.currentThread().getName(), trace.slice("teardown").track());
    }

    @Test
    void eachPhaseIsAlsoAFlightRecorderEvent() throws IOException {
        try (FlightRecording recording = new FlightRecording(RemovalPhaseEvent.NAME)) {
            PhaseSpan drain = recorder.begin(RemovalPhase.DRAIN);
            drain.end();
            drain.end();
            List<RecordedEvent> events = recording.events(RemovalPhaseEvent.NAME);
            assertEquals(1, events.size(), "one phase");
            assertEquals("ttyS0", events.get(0).getString("device"));
            assertEquals("drain", events.get(0).getString("phase"));
        }
    }

    @Test
    void aCallIsToldAsExactlyAsItIsKnown() throws IOException {
        CallSpan stamped = recorder.call("read", "pid 4711", 7, "fuse-7", clock.getAsLong() - 400);
        CallSpan unstamped = recorder.call("write", null, 8, "fuse-8");
        recorder.call("ioctl", "pid 12", 9, "fuse-9");
        clock.advance(100);
        stamped.ended();
        clock.advance(100);
        unstamped.seenGone();
        clock.advance(100);
        RemovalTimeline timeline = recorder.timeline();
        RemovalTimeline.CallSlice read = timeline.calls().get(0);
        assertTrue(read.startExact());
        assertEquals(RemovalTimeline.End.EXACT, read.end());
        assertEquals(500, read.durationNanos());
        RemovalTimeline.CallSlice write = timeline.calls().get(1);
        assertFalse(write.startExact());
        assertEquals(RemovalTimeline.End.AT_THE_LATEST, write.end());
        assertEquals(200, write.durationNanos());
        RemovalTimeline.CallSlice ioctl = timeline.calls().get(2);
        assertEquals(RemovalTimeline.End.STILL_RUNNING, ioctl.end());
        assertEquals(300, ioctl.durationNanos());
        assertFalse(timeline.isFinished());
        assertEquals("ttyS0: removing for 0.000 ms, 3 calls in flight at the flag", "" + timeline);

        TraceView trace = trace();
        TraceView.Slice slice = trace.slice("read");
        assertEquals("fuse-7", slice.track());
        assertEquals(0, slice.ts(), "the time axis does not begin with the earliest call");
        assertEquals("pid 4711", slice.args().get("caller").textValue());
        assertEquals("exact", slice.args().get("start").textValue());
        assertEquals("exact", slice.args().get("end").textValue());
        slice = trace.slice("write");
        assertEquals(400, slice.ts());
        assertNull(slice.args().get("caller"));
        assertEquals("at least since the flag", slice.args().get("start").textValue());
        assertEquals("at the latest", slice.args().get("end").textValue());
        assertEquals("still running", trace.slice("ioctl").args().get("end").textValue());
    }

    @Test
    void theFirstEndOfACallCounts() {
        CallSpan call = recorder.call("read", null, 7, "fuse-7");
        clock.advance(10);
        call.ended();
        clock.advance(10);
        call.seenGone();
        RemovalTimeline.CallSlice read = recorder.timeline().calls().get(0);
        assertEquals(10, read.durationNanos());
        assertEquals(RemovalTimeline.End.EXACT, read.end());
    }

    @Test
    void nestedCallsOfAThreadNestThoughTheirStartsAreUnknown() throws IOException {
        CallSpan outer = recorder.call("ioctl", null, 7, "fuse-7");
        CallSpan inner = recorder.call("read", null, 7, "fuse-7");
        clock.advance(10);
        inner.ended();
        clock.advance(10);
        outer.ended();
        TraceView trace = trace();
        assertEquals("fuse-7", trace.slice("ioctl").track());
        assertEquals("fuse-7", trace.slice("read").track());
        List<String> order = trace.slices().stream().map(TraceView.Slice::name).toList();
        assertTrue(
                order.indexOf("ioctl") < order.indexOf("read"),
                "a viewer puts the outer call into the inner one");
    }

    @Test
    void callsThatOverlapOnOneThreadGetATrackEach() throws IOException {
        CallSpan first = recorder.call("read", null, 7, "fuse-7", clock.getAsLong() - 100);
        CallSpan second = recorder.call("write", null, 7, "fuse-7", clock.getAsLong() - 50);
        clock.advance(10);
        first.seenGone();
        clock.advance(10);
        second.seenGone();
        TraceView trace = trace();
        assertEquals("fuse-7", trace.slice("read").track());
        assertEquals("fuse-7 (2)", trace.slice("write").track());
    }

    @Test
    void aThreadThatIsRenamedMeanwhileKeepsItsTrack() throws IOException {
        recorder.call("ioctl", null, 7, "fuse-7");
        clock.advance(10);
        recorder.call("read", null, 7, "fuse-7 busy", clock.getAsLong());
        TraceView trace = trace();
        assertEquals(trace.slice("ioctl").track(), trace.slice("read").track());
    }

    @Test
    void requestsThatSleepWithoutAThreadStandOnTheirOwn() throws IOException {
        CallSpan first = recorder.call("read", "pid 1", 0, null);
        recorder.call("read", "pid 2", 0, null);
        clock.advance(10);
        first.ended();
        clock.advance(10);
        TraceView trace = trace();
        List<TraceView.Slice> requests =
                trace.asynchronous().stream().filter(s -> s.name().equals("read")).toList();
        assertEquals(List.of(10L, 20L), requests.stream().map(TraceView.Slice::dur).toList());
        assertEquals("pid 2", requests.get(1).args().get("caller").textValue());
    }

    @Test
    void instantsStandWhereAndWhenTheyHappened() throws Exception {
        run(RemovalPhase.WAKE, 1_234);
        Thread hook = new Thread(() -> recorder.mark("hook threw", "an exception"), "wake-hook");
        hook.start();
        hook.join();
        recorder.mark("timed out", null);
        TraceView trace = trace();
        assertEquals(
                List.of("hook threw", "timed out"),
                trace.events("i").stream().map(event -> event.get("name").textValue()).toList());
        assertEquals("wake-hook", trace.trackOf(trace.events("i").get(0)));
        assertEquals(1_234, TraceView.nanos(trace.events("i").get(0).get("ts")));
        assertEquals(
                "an exception",
                trace.events("i").get(0).get("args").get("detail").textValue(),
                "nobody learns what failed");
        assertEquals(Thread.currentThread().getName(), trace.trackOf(trace.events("i").get(1)));
    }

    static Stream<String> hostileNames() {
        return Stream.of(
                "\"quoted\" \\ \\\" back\\slashed\\",
                "\0\1\b\f\n\r\t\33\37\177",
                "</script> \u2028\u2029",
                "Gerät \u00e4\u20ac \ud83d\ude80 non-BMP",
                "{\"ph\":\"X\"}, ]");
    }

    @ParameterizedTest
    @MethodSource("hostileNames")
    void noNameBreaksTheTrace(String name) throws Exception {
        TimelineRecorder hostile = recorder(name);
        Thread thread =
                new Thread(
                        () -> {
                            hostile.begin(RemovalPhase.FLAG).end();
                            hostile.call(name, name, 7, name + " caller");
                            hostile.mark(name, name);
                        });
        thread.setName(name);
        thread.start();
        thread.join();
        TraceView trace = new TraceView(hostile.timeline().toChromeTrace());
        assertEquals(Set.of(name), trace.processNames());
        assertEquals(name, trace.slice("removal of " + name).track());
        assertEquals(name, trace.slice(name).args().get("caller").textValue());
        assertEquals(name + " caller", trace.slice(name).track());
        assertEquals(name, trace.events("i").get(0).get("args").get("detail").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\ud83dy", "x\ude80y", "x\ude80", "x\ud83d", "\ude80\ud83d"})
    void halfACharacterBecomesTheReplacementCharacter(String name) throws IOException {
        String json = recorder(name).timeline().toChromeTrace();
        String shown = new TraceView(json).processNames().iterator().next();
        assertEquals(
                name.replace('\ud83d', '\ufffd').replace('\ude80', '\ufffd'),
                shown,
                "strict viewers refuse the file");
    }

    @Test
    void aGroupsTimelinesShareOneTimeAxisWithAProcessEach(@TempDir Path folder) throws IOException {
        run(RemovalPhase.FLAG, 100);
        TimelineRecorder second = recorder("ttyS1");
        PhaseSpan flag = second.begin(RemovalPhase.FLAG);
        clock.advance(50);
        flag.end();
        second.call("read", null, 7, "fuse-7", clock.getAsLong() - 5_000);
        Path file = folder.resolve("group.json");
        RemovalTimeline.writeTo(file, List.of(recorder.timeline(), second.timeline()));
        TraceView trace = new TraceView(Files.readString(file));
        trace.assertNests();
        assertEquals(Set.of("ttyS0", "ttyS1"), trace.processNames());
        long between = trace.slice("removal of ttyS1").ts() - trace.slice("removal of ttyS0").ts();
        assertEquals(100, between, "the members' times do not fit together");
        assertEquals(0, trace.slice("read").ts());
        assertEquals("ttyS1", trace.slice("read").process());
        assertEquals(
                List.of("ttyS0", "ttyS1"),
                trace.slices().stream()
                        .filter(slice -> slice.name().equals("flag"))
                        .map(TraceView.Slice::process)
                        .toList());
    }

    @Test
    void aTraceOfNothingIsRefusedAndMakesNoFile(@TempDir Path folder) {
        Path file = folder.resolve("none.json");
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RemovalTimeline.writeTo(file, List.of()));
        assertTrue(refused.getMessage().contains("at least one"), refused.getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void aTimelineIsReplacedInItsFile(@TempDir Path folder) throws IOException {
        runAll();
        Path file = folder.resolve("trace.json");
        Files.writeString(file, "x".repeat(100_000));
        recorder.timeline().writeTo(file);
        assertEquals(recorder.timeline().toChromeTrace(), Files.readString(file));
    }

    @Test
    void aCrowdIsCutOffAndCounted() throws IOException {
        for (int i = 0; i < TimelineRecorder.MAX_CALLS + 3; i++) {
            recorder.call("read", null, 0, null).ended();
        }
        for (int i = 0; i < TimelineRecorder.MAX_MARKS + 2; i++) {
            recorder.mark("hook called", null);
        }
        for (int i = 0; i < TimelineRecorder.MAX_SPANS_PER_PHASE + 1; i++) {
            recorder.begin(RemovalPhase.DRAIN).end();
        }
        run(RemovalPhase.TEARDOWN, 1);
        RemovalTimeline timeline = recorder.timeline();
        assertEquals(TimelineRecorder.MAX_CALLS, timeline.calls().size());
        assertEquals(3, timeline.leftOut().calls());
        assertEquals(2, timeline.leftOut().marks());
        assertEquals(1, timeline.leftOut().phases());
        assertEquals(
                RemovalPhase.TEARDOWN,
                timeline.phases().get(timeline.phases().size() - 1).phase(),
                "many drains hide the teardown");
        TraceView trace = trace();
        TraceView.Slice removal = trace.slice("removal of ttyS0");
        assertEquals(TimelineRecorder.MAX_CALLS + 3, removal.args().get("calls in flight").asInt());
        assertEquals(3, removal.args().get("calls left out").asInt());
        assertEquals(2, removal.args().get("instants left out").asInt());
        assertEquals(1, removal.args().get("phases left out").asInt());
    }

    @Test
    void threadsThatFeedItAtOnceLoseNothing() throws Exception {
        TimelineRecorder shared = new TimelineRecorder("ttyS0");
        int each = 500;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int id = i + 1;
            threads.add(
                    new Thread(
                            () -> {
                                for (int n = 0; n < each; n++) {
                                    CallSpan call = shared.call("read", null, id, "t" + id);
                                    if (n % 4 == 0) {
                                        shared.mark("hook called", null);
                                    }
                                    call.ended();
                                }
                            }));
        }
        threads.forEach(Thread::start);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            new TraceView(shared.timeline().toChromeTrace()).assertNests();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        RemovalTimeline timeline = shared.timeline();
        assertEquals(4 * each, timeline.calls().size());
        assertEquals(4 * each / 4, timeline.marks().size());
        assertTrue(
                timeline.calls().stream()
                        .allMatch(
                                call ->
                                        call.end() == RemovalTimeline.End.EXACT
                                                && call.durationNanos() >= 0));
        new TraceView(timeline.toChromeTrace()).assertNests();
    }

    @Test
    void aTimelineDoesNotChangeWhenTheRemovalGoesOn() {
        PhaseSpan drain = recorder.begin(RemovalPhase.DRAIN);
        clock.advance(10);
        RemovalTimeline before = recorder.timeline();
        clock.advance(10);
        drain.end();
        recorder.finish();
        recorder.mark("late", null);
        assertFalse(before.phases().get(0).ended());
        assertEquals(10, before.phases().get(0).durationNanos());
        assertEquals(List.of(), before.marks());
        assertTrue(recorder.timeline().phases().get(0).ended());
    }
}

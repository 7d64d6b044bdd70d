package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.internal.CallEvent;
import org.cdevgate.gate.diagnostics.internal.RemovalEvent;
import org.cdevgate.gate.diagnostics.internal.RemovalPhaseEvent;
import org.cdevgate.gate.diagnostics.internal.SlowDrainEvent;
import org.cdevgate.gate.removal.RemovalReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gate leaves behind of its removal and its calls: timelines, events, warnings. */
class RemovalDiagnosticsTest {
    private static final Duration SHORTLY = Duration.ofMillis(5);

    private final Checkpoint inside = new Checkpoint();
    private final WaitQueue readable = new WaitQueue("readable");
    private final AtomicBoolean ready = new AtomicBoolean();

    /** A read stops at the checkpoint; an ioctl of command 1 fails, of others sleeps till ready. */
    private final FileOperations driver =
            new FileOperations() {
                @Override
                public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                    inside.pass();
                    return 0;
                }

                @Override
                public int ioctl(
                        OpenFile file, int command, long argument, ByteBuffer data, Call call)
                        throws ErrnoException {
                    if (command == 1) {
                        throw Errno.EBUSY.exception();
                    }
                    call.await(readable, ready::get);
                    return 0;
                }
            };

    @TempDir Path folder;

    private static int ioctl(OpenFile file, int command) throws ErrnoException {
        return file.gate().front().ioctl(file, command, 0, ByteBuffer.allocate(0), Answers.LOCAL);
    }

    private List<RecordedEvent> stop(Recording recording, String name) throws IOException {
        recording.stop();
        Path file = folder.resolve("events.jfr");
        Files.deleteIfExists(file);
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime)) // a file has no order
                .toList();
    }

    private static Recording recording(String... names) {
        Recording recording = new Recording();
        for (String name : names) {
            recording.enable(name);
        }
        recording.start();
        return recording;
    }

    @Test
    void aTimelineTellsThePhasesInOrderAndTheCallsThatWereWaitedFor() throws Exception {
        CountDownLatch hooked = new CountDownLatch(1);
        FopsGate gate =
                FopsGate.builder("ttyS0", driver)
                        .wakeHook(hooked::countDown)
                        .onTeardown(() -> {})
                        .build();
        assertEquals(List.of(), gate.timelines(), "nothing has begun");
        Background<Integer> reader = Answers.startReading(gate);
        inside.awaitReached();
        gate.beginRemoval();
        hooked.await();
        assertFalse(gate.timelines().get(0).isFinished());
        inside.letGo();
        reader.result();
        gate.awaitRemoval();
        RemovalTimeline timeline = gate.timelines().get(0);
        assertTrue(timeline.isFinished());
        assertEquals(
                Arrays.asList(RemovalPhase.values()),
                timeline.phases().stream().map(RemovalTimeline.PhaseSlice::phase).toList());
        for (int i = 1; i < timeline.phases().size(); i++) {
            assertTrue(
                    timeline.phases().get(i).startNanos()
                            >= timeline.phases().get(i - 1).startNanos(),
                    "the phases are out of order");
        }
        assertEquals(1, timeline.calls().size(), "who held the removal up is not told");
        RemovalTimeline.CallSlice call = timeline.calls().get(0);
        assertEquals("read", call.verb());
        assertEquals("test-background", call.threadName());
        assertFalse(call.startExact(), "no clock was read for it");
        assertEquals(RemovalTimeline.End.EXACT, call.end(), "its end says so itself");
        assertTrue(
                timeline.marks().stream().anyMatch(mark -> mark.what().equals("wake hook")),
                "the hook is not told");
        assertTrue(timeline.toChromeTrace().contains("\"traceEvents\""));
    }

    @Test
    void atTheHigherLevelsATimelineKnowsWhenACallBegan() throws Exception {
        FopsGate gate =
                FopsGate.builder("ttyS0", driver).diagnostics(DiagnosticLevel.SAMPLED).build();
        Background<Integer> reader = Answers.startReading(gate);
        inside.awaitReached();
        gate.beginRemoval();
        inside.letGo();
        reader.result();
        gate.awaitRemoval();
        RemovalTimeline.CallSlice call = gate.timelines().get(0).calls().get(0);
        assertTrue(call.startExact());
        assertTrue(
                call.startNanos() < gate.timelines().get(0).startNanos(), "began before the flag");
    }

    @Test
    void aGroupHasATimelineForEachMember() throws Exception {
        FopsGate parent = FopsGate.of("hub", driver);
        FopsGate child = FopsGate.builder("port", driver).parent(parent).build();
        FopsGate other = FopsGate.of("other", driver);
        GateGroup group = GateGroup.of(parent, other);
        group.beginRemoval();
        List<String> devices =
                group.timelines().stream().map(RemovalTimeline::device).sorted().toList();
        assertEquals(List.of("hub", "other", "port"), devices);
        group.awaitRemoval();
        assertTrue(child.isRemoved());
    }

    @Test
    void aTimelineShowsWhatFailed() throws Exception {
        FopsGate gate =
                FopsGate.builder("ttyS0", driver)
                        .onTeardown(
                                () -> {
                                    throw new IOException("no answer");
                                })
                        .build();
        gate.unregisterSync();
        assertTrue(
                gate.timelines().get(0).marks().stream()
                        .anyMatch(
                                mark ->
                                        mark.what().equals("a teardown failed")
                                                && mark.detail().contains("no answer")));
    }

    @Test
    void aRemovalLeavesItsEventsInARecording() throws Exception {
        try (Recording recording =
                recording(RemovalEvent.NAME, RemovalPhaseEvent.NAME, SlowDrainEvent.NAME)) {
            FopsGate gate = FopsGate.builder("ttyS0", driver).slowDrain(SHORTLY).build();
            Background<Integer> reader = Answers.startReading(gate);
            inside.awaitReached();
            List<Background<Boolean>> remover = new ArrayList<>();
            CapturedLog.untilText(
                    "ttyS0 \\(removing\\) still waits for", // after the event
                    1,
                    () -> remover.add(Background.start(gate::unregisterSync)));
            inside.letGo();
            reader.result();
            remover.get(0).result();
            assertTrue(
                    gate.timelines().get(0).marks().stream()
                            .anyMatch(mark -> mark.what().equals("slow drain")),
                    "the timeline does not tell of it");
            List<RecordedEvent> removals = stop(recording, RemovalEvent.NAME);
            assertEquals(1, removals.size());
            assertEquals("ttyS0", removals.get(0).getString("device"));
            assertEquals(1, removals.get(0).getInt("callsInFlight"));
            assertEquals(1, removals.get(0).getInt("filesReleased"));
            assertTrue(removals.get(0).getBoolean("removed"));
            assertEquals(RemovalPhase.values().length, events(RemovalPhaseEvent.NAME));
            assertTrue(events(SlowDrainEvent.NAME) >= 1, "a slow drain leaves no event");
        }
    }

    private long events(String name) throws IOException {
        return RecordingFile.readAllEvents(folder.resolve("events.jfr")).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .count();
    }

    @Test
    void eachCallIsAnEventAtFullWithItsAnswer() throws Exception {
        try (Recording recording = recording(CallEvent.NAME)) {
            FopsGate gate =
                    FopsGate.builder("keypad", driver).diagnostics(DiagnosticLevel.FULL).build();
            OpenFile file = Answers.open(gate);
            Answers.assertErrno(Errno.EBUSY, () -> ioctl(file, 1), "the driver's answer");
            Background<Integer> sleeper = Background.start(() -> ioctl(file, 2));
            Eventually.asleep(readable, 1);
            ready.set(true);
            readable.wakeUp();
            sleeper.result();
            ready.set(false);
            Background<Integer> removed = Background.start(() -> ioctl(file, 2));
            Eventually.asleep(readable, 1);
            gate.unregisterSync();
            removed.failure();
            List<RecordedEvent> calls = stop(recording, CallEvent.NAME);
            List<String> seen =
                    calls.stream()
                            .filter(event -> event.getString("verb").equals("ioctl"))
                            .map(
                                    event ->
                                            event.getString("device")
                                                    + " errno "
                                                    + event.getInt("errno")
                                                    + " slept "
                                                    + event.getBoolean("slept")
                                                    + " pid "
                                                    + event.getInt("processId"))
                            .toList();
            String pid = " pid " + ProcessHandle.current().pid();
            assertEquals(
                    List.of(
                            "keypad errno 16 slept false" + pid,
                            "keypad errno 0 slept true" + pid,
                            "keypad errno 19 slept true" + pid),
                    seen);
        }
    }

    @Test
    void oneCallInManyIsAnEventWhenSampledAndNoneWhenCounted() throws Exception {
        try (Recording recording = recording(CallEvent.NAME)) {
            FopsGate gate =
                    FopsGate.builder("busy", driver).diagnostics(DiagnosticLevel.SAMPLED).build();
            int calls = 6_400;
            for (int i = 0; i < calls; i++) {
                gate.exit(gate.enter());
            }
            gate.diagnostics(DiagnosticLevel.COUNT);
            for (int i = 0; i < calls; i++) {
                gate.exit(gate.enter());
            }
            gate.unregisterSync();
            assertEquals(2L * calls, gate.counters().calls(Verb.ENTERED));
            assertEquals(
                    100,
                    stop(recording, CallEvent.NAME).stream()
                            .filter(event -> event.getString("verb").equals("entered"))
                            .count());
        }
    }

    @Test
    void aRemoverThatHoldsALockWhichACallWantsIsWarned() throws Exception {
        Object lock = new Object();
        CountDownLatch entered = new CountDownLatch(1);
        FopsGate gate =
                Reading.gate(
                        "ttyS0",
                        (file, call) -> {
                            entered.countDown();
                            synchronized (lock) {
                                return 0;
                            }
                        });
        OpenFile file = Answers.open(gate);
        Background<Integer> reader;
        RemovalReport report;
        synchronized (lock) {
            reader = Background.start(() -> Answers.read(file));
            entered.await();
            reader.awaitWaitingFor(lock);
            report = gate.unregisterSync(SHORTLY).report();
        }
        assertEquals(1, report.warnings().size(), report::toString);
        String warning = report.warnings().get(0);
        assertTrue(warning.contains("test-background"), warning);
        assertTrue(warning.contains(Thread.currentThread().getName()), warning);
        assertTrue(warning.contains("read of ttyS0"), warning);
        assertTrue(
                report.culprits().get(0).waitsOn().contains("java.lang.Object"),
                () -> "what the culprit waits on is missing in " + report);
        assertEquals(0, reader.result());
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aReportOfALiveDeviceNamesWhatIsInFlightAndWarnsOfNothing() throws Exception {
        FopsGate gate = FopsGate.of("ttyS0", driver);
        assertTrue(gate.report().toString().contains("nothing of ttyS0 is in flight"));
        Background<Integer> reader = Answers.startReading(gate);
        inside.awaitReached();
        RemovalReport report = gate.report();
        assertEquals(1, report.culprits().size());
        assertTrue(report.toString().contains("Checkpoint.pass"), report::toString);
        assertEquals(List.of(), report.warnings());
        assertEquals(Duration.ZERO, report.waited());
        assertThrows(
                UnsupportedOperationException.class,
                () -> report.culprits().clear(),
                "a report that others can change");
        inside.letGo();
        reader.result();
        gate.unregisterSync();
    }
}

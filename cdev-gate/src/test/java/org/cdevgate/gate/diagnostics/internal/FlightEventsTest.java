package org.cdevgate.gate.diagnostics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.EventType;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

/** What a removal and its calls leave in a Flight Recorder recording. */
class FlightEventsTest {
    @Test
    void aRemovalIsRecordedWithWhatItFoundAndWhoAskedForIt() throws IOException {
        try (FlightRecording recording = new FlightRecording(RemovalEvent.NAME)) {
            FlightEvents.removalOrNull().removed("ttyS0", 3, 2);
            RecordedEvent event = only(recording.events(RemovalEvent.NAME));
            assertEquals("ttyS0", event.getString("device"));
            assertEquals(3, event.getInt("callsInFlight"));
            assertEquals(2, event.getInt("filesReleased"));
            assertTrue(event.getBoolean("removed"));
            assertTrue(
                    event.getStackTrace().getFrames().stream()
                            .anyMatch(
                                    frame ->
                                            frame.getMethod()
                                                    .getType()
                                                    .getName()
                                                    .equals(FlightEventsTest.class.getName())),
                    "nobody learns who removed the device");
        }
    }

    @Test
    void waitsThatGaveUpAreRecordedBesideTheRemovalTheyWaitedFor() throws IOException {
        try (FlightRecording recording = new FlightRecording(RemovalEvent.NAME)) {
            RemovalEvent removal = FlightEvents.removalOrNull();
            removal.waitEnded("ttyS0", 2);
            removal.waitEnded("ttyS0", 2);
            removal.removed("ttyS0", 2, 1);
            List<RecordedEvent> events = recording.events(RemovalEvent.NAME);
            assertEquals(
                    List.of(false, false, true),
                    events.stream().map(event -> event.getBoolean("removed")).toList(),
                    "a wait that gave up passes for a removal");
            assertEquals(
                    1,
                    events.stream().map(RecordedEvent::getStartTime).distinct().count(),
                    "each is told from the flag on");
            assertEquals(0, events.get(0).getInt("filesReleased"));
            assertEquals(1, events.get(2).getInt("filesReleased"));
        }
    }

    @Test
    void aRemovalThatAnotherThreadFinishesHasItsWholeDuration() throws Exception {
        try (FlightRecording recording = new FlightRecording(RemovalEvent.NAME)) {
            long started = System.nanoTime();
            RemovalEvent removal = FlightEvents.removalOrNull();
            long betweenFrom = System.nanoTime();
            AtomicReference<Long> betweenTo = new AtomicReference<>();
            Thread other =
                    new Thread(
                            () -> {
                                betweenTo.set(System.nanoTime());
                                removal.removed("ttyS0", 0, 0);
                            },
                            "second remover");
            other.start();
            other.join();
            long ended = System.nanoTime();
            RecordedEvent event = only(recording.events(RemovalEvent.NAME));
            assertEquals("second remover", event.getThread().getJavaName());
            // The recorder's clock may be another one; they drift by far less than this.
            Duration slack = Duration.ofMillis(5);
            Duration least = Duration.ofNanos(betweenTo.get() - betweenFrom).minus(slack);
            Duration most = Duration.ofNanos(ended - started).plus(slack);
            assertTrue(
                    event.getDuration().compareTo(least) >= 0
                            && event.getDuration().compareTo(most) <= 0,
                    "the first thread's part is not told: " + event.getDuration());
        }
    }

    @Test
    void aSlowDrainIsRecordedWithItsReport() throws IOException {
        try (FlightRecording recording = new FlightRecording(SlowDrainEvent.NAME)) {
            assertTrue(FlightEvents.wantsSlowDrain());
            FlightEvents.slowDrain("ttyS0", 12_000_000_000L, 2, "read by pid 4711\n", "a lock");
            FlightEvents.slowDrain("ttyS1", 1, 1, "a report", null);
            List<RecordedEvent> events = recording.events(SlowDrainEvent.NAME);
            assertEquals(2, events.size());
            RecordedEvent event = events.get(0);
            assertEquals("ttyS0", event.getString("device"));
            assertEquals(Duration.ofSeconds(12), event.getDuration("waited"));
            assertEquals(2, event.getInt("culprits"));
            assertEquals("read by pid 4711\n", event.getString("report"));
            assertEquals("a lock", event.getString("selfWait"));
            assertNull(events.get(1).getString("selfWait"), "a warning without a reason");
        }
    }

    @Test
    void aCallIsRecordedWithItsCallerAndAnswer() throws IOException {
        try (FlightRecording recording = new FlightRecording(CallEvent.NAME)) {
            CallEvent call = FlightEvents.callOrNull();
            assertNotNull(call, "a recording runs and gets nothing");
            call.ended("ttyS0", "read", 4711, 19, true);
            RecordedEvent event = only(recording.events(CallEvent.NAME));
            assertEquals("ttyS0", event.getString("device"));
            assertEquals("read", event.getString("verb"));
            assertEquals(4711, event.getInt("processId"));
            assertEquals(19, event.getInt("errno"));
            assertTrue(event.getBoolean("slept"));
            assertNull(event.getStackTrace(), "each call pays for a stack");
        }
    }

    @Test
    void withoutARecordingNothingIsMadeForACall() throws IOException {
        assertNull(FlightEvents.callOrNull());
        assertFalse(FlightEvents.wantsSlowDrain());
        try (FlightRecording recording = new FlightRecording(RemovalEvent.NAME)) {
            assertNull(FlightEvents.callOrNull(), "it was not asked for");
            assertEquals(List.of(), recording.events(CallEvent.NAME));
        }
    }

    @Test
    void aRemovalThatBeganBeforeTheRecordingIsStillRecorded() throws IOException {
        RemovalEvent before;
        try (FlightRecording none = new FlightRecording()) {
            before = FlightEvents.removalOrNull();
            assertEquals(List.of(), none.events(RemovalEvent.NAME));
        }
        try (FlightRecording recording = new FlightRecording(RemovalEvent.NAME)) {
            before.removed("ttyS0", 0, 0);
            assertEquals("ttyS0", only(recording.events(RemovalEvent.NAME)).getString("device"));
        }
    }

    @Test
    void theEventsStandTogetherUnderOneCategory() {
        for (Class<? extends jdk.jfr.Event> type :
                List.of(
                        RemovalEvent.class,
                        RemovalPhaseEvent.class,
                        SlowDrainEvent.class,
                        CallEvent.class)) {
            EventType described = EventType.getEventType(type);
            assertEquals(List.of("cdev-gate"), described.getCategoryNames());
            assertTrue(described.getName().startsWith("org.cdevgate."), described.getName());
            assertNotNull(described.getDescription(), described.getName() + " explains nothing");
        }
    }

    private static RecordedEvent only(List<RecordedEvent> events) {
        assertEquals(1, events.size(), "events recorded");
        return events.get(0);
    }
}

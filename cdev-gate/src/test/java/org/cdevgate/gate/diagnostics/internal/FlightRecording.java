package org.cdevgate.gate.diagnostics.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A Flight Recorder recording of this library's events alone. */
final class FlightRecording implements AutoCloseable {
    private static final List<String> ALL =
            List.of(RemovalEvent.NAME, RemovalPhaseEvent.NAME, SlowDrainEvent.NAME, CallEvent.NAME);

    private final Recording recording = new Recording();

    FlightRecording(String... names) {
        // Without settings of a recording's own, events are enabled.
        for (String name : ALL) {
            recording.disable(name);
        }
        for (String name : names) {
            recording.enable(name).withThreshold(Duration.ZERO);
        }
        recording.start();
    }

    /** Stops it and gives the events of a name, in the order of their ends. */
    List<RecordedEvent> events(String name) throws IOException {
        recording.stop();
        Path file = Files.createTempFile("events", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(name))
                    .sorted(
                            Comparator.comparing(
                                    RecordedEvent::getStartTime)) // a file has no order
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void close() {
        recording.close();
    }
}

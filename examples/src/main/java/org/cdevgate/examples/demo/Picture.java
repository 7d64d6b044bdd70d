package org.cdevgate.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.diagnostics.RemovalTimeline.CallSlice;
import org.cdevgate.gate.diagnostics.RemovalTimeline.End;

/** The removal as a picture, with what each process got, which the gate does not note. */
final class Picture {
    private final RemovalTimeline timeline;
    private final List<CallSlice> calls = new ArrayList<>();

    Picture(RemovalTimeline timeline) {
        this.timeline = timeline;
    }

    /**
     * Adds what a process was at when the device was unplugged.
     *
     * @param answered the phase that ended it
     */
    void add(Child child, String call, String answer, RemovalPhase answered) {
        long end =
                timeline.phases().stream()
                        .filter(each -> each.phase() == answered)
                        .mapToLong(RemovalTimeline.PhaseSlice::endNanos)
                        .findFirst()
                        .orElse(timeline.endNanos());
        long before = timeline.startNanos() - 1;
        calls.add(
                new CallSlice(
                        call,
                        "pid " + child.pid() + ", " + child.title,
                        0,
                        null,
                        before,
                        false,
                        end,
                        End.AT_THE_LATEST,
                        answer));
    }

    void writeTo(Path file) throws IOException {
        Files.writeString(file, timeline.withCalls(calls).toSvg());
    }
}

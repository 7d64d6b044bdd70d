package org.cdevgate.gate.diagnostics.internal;

import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.cdevgate.gate.diagnostics.RemovalPhase;

/** A program that calls all that a removal calls; with an argument, while a recording runs. */
final class ColdRemoval {
    private ColdRemoval() {}

    public static void main(String[] args) {
        if (args.length > 0) {
            new Recording().start(); // until the JVM ends
        }
        FlightEvents.register();
        if (FlightRecorder.isInitialized()) {
            System.out.println("known: " + known());
        }
        RemovalEvent removal = FlightEvents.removalOrNull();
        CallEvent call = FlightEvents.callOrNull();
        TimelineRecorder recorder = new TimelineRecorder("ttyS0");
        recorder.begin(RemovalPhase.FLAG).end();
        FlightEvents.slowDrain("ttyS0", 1, 1, "a report", null);
        System.out.println(
                "wanted: " + List.of(removal != null, call != null, FlightEvents.wantsSlowDrain()));
    }

    private static List<String> known() {
        return FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .filter(name -> name.startsWith("org.cdevgate."))
                .sorted()
                .toList();
    }
}

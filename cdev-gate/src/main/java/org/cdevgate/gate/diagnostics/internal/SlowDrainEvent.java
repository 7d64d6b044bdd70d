package org.cdevgate.gate.diagnostics.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A Flight Recorder event without duration: a removal has waited for longer than it should. {@link
 * FlightEvents#slowDrain} writes it.
 */
@Name(SlowDrainEvent.NAME)
@Label("Slow Drain")
@Category("cdev-gate")
@Description("A removal has waited long for calls in flight")
@StackTrace(false)
public final class SlowDrainEvent extends Event {
    /** The event's name, for settings and for readers of recordings. */
    public static final String NAME = "org.cdevgate.SlowDrain";

    @Label("Device")
    @Nullable String device;

    @Label("Waited")
    @Description("How long the removal has waited so far")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Culprits")
    @Description("How many calls and holds it waits for")
    int culprits;

    @Label("Report")
    @Description("The culprits as the log shows them")
    @Nullable String report;

    @Label("Indirect Self-Wait")
    @Description("Calls that wait for a lock of the remover's; absent if none was found")
    @Nullable String selfWait;

    private SlowDrainEvent() {}

    static boolean isWanted() {
        return new SlowDrainEvent().isEnabled();
    }

    static void write(
            String device,
            long waitedNanos,
            int culprits,
            String report,
            @Nullable String selfWait) {
        SlowDrainEvent event = new SlowDrainEvent();
        if (event.shouldCommit()) {
            event.device = device;
            event.waited = waitedNanos;
            event.culprits = culprits;
            event.report = report;
            event.selfWait = selfWait;
            event.commit();
        }
    }
}

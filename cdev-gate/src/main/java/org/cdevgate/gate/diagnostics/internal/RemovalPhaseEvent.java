package org.cdevgate.gate.diagnostics.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.cdevgate.gate.diagnostics.RemovalPhase;
import org.jspecify.annotations.Nullable;

/**
 * A Flight Recorder event for one {@link RemovalPhase}. {@link TimelineRecorder#begin} writes it;
 * nobody else needs to.
 */
@Name(RemovalPhaseEvent.NAME)
@Label("Removal Phase")
@Category("cdev-gate")
@Description("One step of a device's removal, on the thread that ended it")
@StackTrace(false)
public final class RemovalPhaseEvent extends Event {
    /** The event's name, for settings and for readers of recordings. */
    public static final String NAME = "org.cdevgate.RemovalPhase";

    @Label("Device")
    @Nullable String device;

    @Label("Phase")
    @Nullable String phase;

    private RemovalPhaseEvent() {}

    /** Starts the event's time; costs a clock only if a recording wants it. */
    static RemovalPhaseEvent started() {
        RemovalPhaseEvent event = new RemovalPhaseEvent();
        event.begin();
        return event;
    }

    /** Ends the event's time. Call once. */
    void ended(String device, RemovalPhase phase) {
        end();
        if (shouldCommit()) {
            this.device = device;
            this.phase = phase.toString();
            commit();
        }
    }
}

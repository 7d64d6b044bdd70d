package org.cdevgate.gate.diagnostics.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.jspecify.annotations.Nullable;

/**
 * A Flight Recorder event for one call, written at {@link DiagnosticLevel#SAMPLED} for some calls
 * and at {@link DiagnosticLevel#FULL} for each. {@link FlightEvents#callOrNull()} makes it.
 *
 * <p>One thread at a time may use an event; it may be handed to another thread, for a call that
 * completes there, in any way that makes the first one's writes visible.
 */
@Name(CallEvent.NAME)
@Label("Call")
@Category("cdev-gate")
@Description("A call through a gate, from enter to exit")
@StackTrace(false)
public final class CallEvent extends Event {
    /** The event's name, for settings and for readers of recordings. */
    public static final String NAME = "org.cdevgate.Call";

    @Label("Device")
    @Nullable String device;

    @Label("Verb")
    @Nullable String verb;

    @Label("Process Id")
    @Description("The process that called, or -1 if it is not known")
    int processId;

    @Label("Errno")
    @Description("The errno that the caller got, 0 for success")
    int errno;

    @Label("Slept")
    @Description("Whether it slept on a wait queue")
    boolean slept;

    private CallEvent() {}

    /** Starts the event's time, or gives null if no recording wants it. */
    static @Nullable CallEvent startedOrNull() {
        // An object of its own for the question: it goes nowhere, so the compiled code has none.
        if (!new CallEvent().isEnabled()) {
            return null;
        }
        CallEvent event = new CallEvent();
        event.begin();
        return event;
    }

    /**
     * Ends the event's time. Call once.
     *
     * @param processId the process that called, or -1
     * @param errno the errno that the caller got, or 0
     * @param slept whether it slept on a wait queue
     */
    public void ended(String device, String verb, int processId, int errno, boolean slept) {
        end();
        if (shouldCommit()) {
            this.device = device;
            this.verb = verb;
            this.processId = processId;
            this.errno = errno;
            this.slept = slept;
            commit();
        }
    }
}

package org.cdevgate.gate.diagnostics.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/**
 * A Flight Recorder event for a removal, from the flag to the end of the teardown; and one from the
 * flag on for each bounded wait that ended early meanwhile. Its stack tells who removed the device,
 * or who waited. {@link FlightEvents#removalOrNull()} makes it.
 *
 * <p>All methods may be called by any thread.
 */
@Name(RemovalEvent.NAME)
@Label("Removal")
@Category("cdev-gate")
@Description("A device was removed, or a bounded wait for its removal ended early")
public final class RemovalEvent extends Event {
    /** The event's name, for settings and for readers of recordings. */
    public static final String NAME = "org.cdevgate.Removal";

    @Label("Device")
    @Nullable String device;

    @Label("Calls in Flight")
    @Description("Calls that were in flight when the flag was set")
    int callsInFlight;

    @Label("Files Released")
    @Description("Open files that the removal released; those closed before are not among them")
    int filesReleased;

    @Label("Removed")
    @Description("Whether the teardown has finished; false if a bounded wait ended early")
    boolean removed;

    private RemovalEvent() {}

    /** Starts the event's time; costs a clock only if a recording wants it. */
    static RemovalEvent started() {
        RemovalEvent event = new RemovalEvent();
        event.begin();
        return event;
    }

    /** Writes the event of the removal, which has finished now. Call once. */
    public void removed(String device, int callsInFlight, int filesReleased) {
        write(device, callsInFlight, filesReleased, true);
    }

    /** Writes the event of a bounded wait, which ended now and did not see the removal's end. */
    public void waitEnded(String device, int callsInFlight) {
        write(device, callsInFlight, 0, false);
    }

    // The recorder copies the fields at each commit and keeps the start, so one object will do.
    private synchronized void write(
            String device, int callsInFlight, int filesReleased, boolean removed) {
        end();
        if (shouldCommit()) {
            this.device = device;
            this.callsInFlight = callsInFlight;
            this.filesReleased = filesReleased;
            this.removed = removed;
            commit();
        }
    }
}

package org.cdevgate.gate.diagnostics.internal;

import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Where the Flight Recorder events of this library begin: {@link RemovalEvent}, {@link
 * RemovalPhaseEvent}, {@link SlowDrainEvent} and {@link CallEvent}.
 *
 * <p>While nobody has started a recorder in this JVM, none of those classes may be touched: the
 * first event class that is initialized has the JVM load the recorder's own machinery, which takes
 * half a second and would do so in the middle of a removal. Every method here therefore asks for
 * the recorder first, which costs a volatile read. Any thread may call them.
 */
public final class FlightEvents {
    private static volatile boolean registered;

    private FlightEvents() {}

    /**
     * Makes the events known to the recorder if there is one, so that the first removal need not
     * wait for that; costs a volatile read or two otherwise. Call it where time does not matter.
     */
    public static void register() {
        if (!registered && FlightRecorder.isInitialized()) {
            List<Class<? extends Event>> types =
                    List.of(
                            RemovalEvent.class,
                            RemovalPhaseEvent.class,
                            SlowDrainEvent.class,
                            CallEvent.class);
            types.forEach(FlightRecorder::register);
            registered = true;
        }
    }

    /**
     * Starts the time of a removal's event.
     *
     * @return the event, or null if there is no recorder
     */
    public static @Nullable RemovalEvent removalOrNull() {
        return FlightRecorder.isInitialized() ? RemovalEvent.started() : null;
    }

    /** Starts the time of a phase's event, if there is a recorder; else null. */
    static @Nullable RemovalPhaseEvent phaseOrNull() {
        return FlightRecorder.isInitialized() ? RemovalPhaseEvent.started() : null;
    }

    /**
     * Starts the time of a call's event; allocates nothing if no recording wants it.
     *
     * @return the event, or null if no recording wants it
     */
    public static @Nullable CallEvent callOrNull() {
        return FlightRecorder.isInitialized() ? CallEvent.startedOrNull() : null;
    }

    /** Whether a recording wants slow drains: whether a report is worth putting together for it. */
    public static boolean wantsSlowDrain() {
        return FlightRecorder.isInitialized() && SlowDrainEvent.isWanted();
    }

    /**
     * Writes a {@link SlowDrainEvent}, if a recording wants it.
     *
     * @param waitedNanos how long the removal has waited so far, in nanoseconds
     * @param culprits how many calls and holds it waits for
     * @param report the culprits, for people
     * @param selfWait the text of the self-waits that {@link ThreadGraph} found, or null
     */
    public static void slowDrain(
            String device,
            long waitedNanos,
            int culprits,
            String report,
            @Nullable String selfWait) {
        if (FlightRecorder.isInitialized()) {
            SlowDrainEvent.write(device, waitedNanos, culprits, report, selfWait);
        }
    }
}

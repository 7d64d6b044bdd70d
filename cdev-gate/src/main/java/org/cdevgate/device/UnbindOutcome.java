package org.cdevgate.device;

import java.util.List;
import java.util.Objects;
import org.cdevgate.internal.Arguments;
import org.jspecify.annotations.Nullable;

/** What a bounded wait for an unbinding or a removal of a {@link Device} came to. Immutable. */
public final class UnbindOutcome {
    /** How a wait ended. */
    public enum Ending {
        /** It is done, and this call began it. */
        DONE_HERE,
        /** It is done; others began it, or there was nothing to do. */
        DONE,
        /** The time was over first. */
        TIMED_OUT,
        /** The waiting thread was interrupted first; the interrupt stays set. */
        INTERRUPTED
    }

    /**
     * Something that still ran when the wait ended: a call of a driver, a work item, a timer, a
     * probe, a driver's remove().
     *
     * @param what for people
     * @param thread that runs it; null if it has died, or it is a hold
     * @param stack of that thread, innermost first
     */
    public record Culprit(String what, @Nullable Thread thread, List<StackTraceElement> stack) {
        /** Keeps a copy of the stack. */
        public Culprit {
            Objects.requireNonNull(what, "what");
            stack = Arguments.elements(stack, "stack");
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("  ").append(what).append('\n');
            for (StackTraceElement frame : stack) {
                text.append("    at ").append(frame).append('\n');
            }
            return text.toString();
        }
    }

    private final String device;
    private final Ending ending;
    private final List<Culprit> culprits;

    UnbindOutcome(Device device, Ending ending, List<Culprit> culprits) {
        this.device = device.toString();
        this.ending = ending;
        this.culprits = List.copyOf(culprits);
    }

    /** How the wait ended. */
    public Ending ending() {
        return ending;
    }

    /**
     * Whether it is done. If not, it goes on by itself when the culprits end, and can be waited for
     * again.
     */
    public boolean isDone() {
        return ending == Ending.DONE_HERE || ending == Ending.DONE;
    }

    /** What still ran when the wait ended; empty if it is done. */
    public List<Culprit> culprits() {
        return culprits;
    }

    /** For people: a line for each culprit, with the stack of its thread. */
    @Override
    public String toString() {
        if (isDone()) {
            return device + " is done";
        }
        StringBuilder text = new StringBuilder(device).append(" still waits for\n");
        culprits.forEach(text::append);
        return text.toString();
    }
}

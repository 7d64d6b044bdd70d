package org.cdevgate.gate;

import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A claim that keeps a device bound beyond the call that took it: for a request that completes on
 * another thread, a timer, a transfer that the hardware is at. A removal waits for it as for a call
 * in flight, and names it by its tag.
 *
 * <p>A hold belongs to nobody: any thread may release it, once. Whoever loses it without releasing
 * it keeps the device from ever being removed; when the collector finds out, that is logged with
 * the tag (and, taken at {@link org.cdevgate.gate.diagnostics.DiagnosticLevel#FULL}, with the stack
 * that took it), and reports say so. The device stays bound all the same, because what the hold
 * stood for may still be at work.
 *
 * <pre>{@code
 * Hold transfer = call.hold("dma rx");          // in a verb
 * hardware.start(buffer, done -> {              // on the completion's thread
 *     try (transfer) {
 *         transfer.run(() -> complete(done));   // inside the gate, also during the removal
 *     }
 * });
 * }</pre>
 *
 * <p>One that would wait long for its end (a receiver that hears nothing) is taken with something
 * that ends it: {@link FopsGate#hold(String, DriverAction)}.
 *
 * <p>As with a lock, an Error between taking and releasing is the holder's to care for: a release
 * that meets the end of the stack has done nothing, and may be repeated where there is room.
 *
 * <p>For use by any thread.
 */
public final class Hold implements AutoCloseable {
    private final HoldTable.Entry entry;

    Hold(HoldTable table, String tag, @Nullable CancelCallback callback, boolean withStack) {
        entry = table.new Entry(this, tag, callback, withStack);
    }

    HoldTable.Entry entry() {
        return entry;
    }

    /** What it is for, as given when it was taken. */
    public String tag() {
        return entry.tag;
    }

    /** Whether it was released. */
    public boolean isReleased() {
        return entry.isReleased();
    }

    /**
     * Gives the device free.
     *
     * @throws IllegalStateException if it was released before; nothing is changed then
     */
    public void release() {
        if (!releaseOnce()) {
            throw new IllegalStateException(
                    "hold \""
                            + entry.tag
                            + "\" of "
                            + entry.device()
                            + " is released already; release once, or use close() where several"
                            + " may come to the end of the work");
        }
    }

    /** Gives the device free unless that was done. */
    @Override
    public void close() {
        releaseOnce();
    }

    private boolean releaseOnce() {
        try {
            return entry.release();
        } finally {
            // Not collected, and so reported as lost, before it is released.
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Runs a part of the work that the hold stands for, on this thread, as a call in flight: a
     * removal that the part asks for is found to be one of itself. Allowed during a removal, which
     * waits for the hold; the part then does not sleep in other devices' verbs, which answer ENODEV
     * instead. A release meanwhile takes effect when the part has ended.
     *
     * @throws IllegalStateException if it was released
     * @throws Exception what the part throws
     */
    public void run(DriverAction part) throws Exception {
        Objects.requireNonNull(part, "part");
        try {
            entry.run(part);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "hold \"" + entry.tag + "\" of " + entry.device();
    }
}

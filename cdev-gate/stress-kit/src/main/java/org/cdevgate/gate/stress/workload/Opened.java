package org.cdevgate.gate.stress.workload;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;

/**
 * A descriptor that threads share, as the kernel's file table has it: a call on it keeps it from
 * being closed, and whoever is last closes it. Safe for any thread.
 */
final class Opened {
    final StressedDevice device;
    final OpenFile file;
    private final AtomicInteger uses = new AtomicInteger(1); // the table's
    private final AtomicReference<StressPoller> poller = new AtomicReference<>();

    Opened(StressedDevice device, OpenFile file) {
        this.device = device;
        this.file = file;
    }

    FopsGate gate() {
        return device.gate();
    }

    /** Begins a use; false if it is being closed. */
    boolean use() {
        int now = uses.get();
        while (now > 0) {
            if (uses.compareAndSet(now, now + 1)) {
                return true;
            }
            now = uses.get();
        }
        return false;
    }

    /** Leaves somebody waiting in poll, until the next or the close. */
    void waitsInPoll(StressPoller next) {
        stop(poller.getAndSet(next));
    }

    private void stop(StressPoller last) {
        if (last != null) {
            device.pollers.remove(last);
            last.stop();
        }
    }

    /** Ends a use; the last closes the file. */
    void done(StressWorker worker) {
        if (uses.decrementAndGet() > 0) {
            return;
        }
        stop(poller.getAndSet(null));
        worker.doing(
                Activity.Kind.PROMPT,
                "close",
                device,
                () -> {
                    device.gate().front().close(file);
                    return null;
                });
        worker.run().counts().add("close");
        DeviceLife life = device.life();
        // Looked at in this order: a removal that has begun does the release later, unless it
        // leaves all of them to the closers.
        if (life.isOpen(file) && (life.isReleasedByCloseOnly() || !life.isRemovalCalled())) {
            life.findings()
                    .report(
                            Finding.Kind.RELEASE_NOT_ONCE,
                            "close",
                            "close of a file of " + life.name() + " returned without its release");
        }
    }
}

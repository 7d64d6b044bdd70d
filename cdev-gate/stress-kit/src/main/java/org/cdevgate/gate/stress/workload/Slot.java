package org.cdevgate.gate.stress.workload;

import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Stacks;

/** A name, and the device that is registered under it now. Safe for any thread. */
final class Slot {
    private final StressRun run;
    private final int number;
    private final AtomicReference<StressedDevice> current = new AtomicReference<>();

    Slot(StressRun run, int number) {
        this.run = run;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The device, or null between the removal of one and the registration of the next. */
    StressedDevice current() {
        return current.get();
    }

    void nameGone(StressedDevice device) {
        current.compareAndSet(device, null);
    }

    /** With the watchdog looking, because factories hang too. */
    private static StressedDevice watched(NewDevice device) throws Exception {
        Exception[] failure = new Exception[1];
        StressedDevice made =
                StressWorker.current()
                        .doing(
                                Activity.Kind.PROMPT,
                                "making",
                                null,
                                () -> {
                                    try {
                                        return device.make();
                                    } catch (Exception e) {
                                        failure[0] = e;
                                        return null;
                                    }
                                });
        if (failure[0] != null) {
            throw failure[0];
        }
        return made;
    }

    /**
     * Registers a new device under the name, unless there is one or the run is over. For workers.
     */
    synchronized void renew() {
        if (current.get() != null || run.isOver()) {
            return;
        }
        DeviceLife life = new DeviceLife("dev" + number, run.threads(), run.findings());
        try {
            StressedDevice device = watched(new NewDevice(run, this, life));
            if (device == null) {
                return;
            }
            run.countDevice();
            life.registered();
            current.set(device);
            if (device.gate().isRemoving()) { // with its parent, before it had its name
                nameGone(device);
            }
        } catch (Exception | LinkageError e) {
            run.findings()
                    .report(
                            Finding.Kind.RUN_FAILED,
                            "factory",
                            "the device cannot be made: " + e,
                            () -> Stacks.of(e.toString(), e));
            run.end();
        }
    }
}

package org.cdevgate.gate.stress.workload;

import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Stacks;

/** A name, and the device that is registered under it now. Safe for any thread. */
final class Slot {
    private final Run run;
    private final int number;
    private final AtomicReference<Device> current = new AtomicReference<>();

    Slot(Run run, int number) {
        this.run = run;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The device, or null between the removal of one and the registration of the next. */
    Device current() {
        return current.get();
    }

    void nameGone(Device device) {
        current.compareAndSet(device, null);
    }

    /** Registers a new device under the name, unless there is one or the run is over. */
    synchronized void renew() {
        if (current.get() != null || run.isOver()) {
            return;
        }
        DeviceLife life = new DeviceLife("dev" + number, run.threads(), run.findings());
        try {
            Device device = new NewDevice(run, this, life).make();
            run.countDevice();
            life.registered();
            current.set(device);
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

package org.cdevgate.cli.device;

import java.util.List;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.kind.KindDevice;

/**
 * A device before it is plugged in, and what is to happen to it.
 *
 * @param name below /dev
 * @param device fresh: it is plugged in once, and again by its plans
 * @param observers see each call before anything happens to it
 * @param plans when it is unplugged
 * @param faults what else goes wrong
 */
public record PlannedDevice(
        String name,
        KindDevice device,
        List<CallFilter> observers,
        List<WrittenPlan> plans,
        List<FaultPlan> faults) {
    /** Copies the lists. */
    public PlannedDevice {
        observers = List.copyOf(observers);
        plans = List.copyOf(plans);
        faults = List.copyOf(faults);
    }

    /** A device that nobody observes. */
    public PlannedDevice(
            String name, KindDevice device, List<WrittenPlan> plans, List<FaultPlan> faults) {
        this(name, device, List.of(), plans, faults);
    }

    /** A device to which nothing happens by itself. */
    public static PlannedDevice of(String name, KindDevice device) {
        return new PlannedDevice(name, device, List.of(), List.of());
    }
}

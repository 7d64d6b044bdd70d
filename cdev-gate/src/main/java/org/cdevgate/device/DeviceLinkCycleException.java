package org.cdevgate.device;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A managed link was refused because the supplier depends on the consumer: neither could be unbound
 * first. Make one of the two ways optional, or give the part that is consumed a device of its own.
 */
public final class DeviceLinkCycleException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Device> path;

    DeviceLinkCycleException(List<Device> path) {
        super(
                path.stream().map(Device::name).collect(Collectors.joining(" -> "))
                        + ": a device cannot depend on itself through others; make one of these"
                        + " links optional (requestOptional), or split the device in two");
        this.path = List.copyOf(path);
    }

    /** The devices of the circle, each depending on the next; the first is the last too. */
    public List<Device> path() {
        return path;
    }
}

package org.cdevgate.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The links between the devices of a model. One lock for all of them, held for look-ups only; it is
 * also the lock under which a device's binding is taken away, so that whoever finds a supplier
 * bound here is found by its unbinding.
 */
final class Links {
    // In order of making, so that consumers are unbound the youngest first. Guarded by this.
    private final Set<DeviceLink> all = new LinkedHashSet<>();

    /**
     * Adds a link, or counts it once more if it stands already.
     *
     * @throws DeviceLinkCycleException if it closes a circle of managed links
     */
    synchronized DeviceLink add(Device consumer, Device supplier, DeviceLink.Kind kind) {
        for (DeviceLink each : all) {
            if (each.consumer() == consumer && each.supplier() == supplier && each.kind() == kind) {
                each.uses++;
                return each;
            }
        }
        if (kind == DeviceLink.Kind.MANAGED) {
            List<Device> path = pathTo(consumer, supplier, new HashSet<>());
            if (path != null) {
                path.add(0, consumer);
                throw new DeviceLinkCycleException(path);
            }
        }
        DeviceLink made = new DeviceLink(consumer, supplier, kind);
        made.uses = 1;
        all.add(made);
        return made;
    }

    /** The way over managed links from a device to one that it depends on, or null. */
    private List<Device> pathTo(Device goal, Device from, Set<Device> seen) {
        if (from == goal) {
            return new ArrayList<>(List.of(from));
        }
        if (!seen.add(from)) {
            return null;
        }
        for (Device next : suppliers(from)) {
            List<Device> rest = pathTo(goal, next, seen);
            if (rest != null) {
                rest.add(0, from);
                return rest;
            }
        }
        return null;
    }

    synchronized void remove(DeviceLink link) {
        if (link.uses > 0 && --link.uses == 0) {
            all.remove(link);
        }
    }

    /** Removes every link of a device that is going. */
    synchronized void forget(Device device) {
        all.removeIf(each -> each.consumer() == device || each.supplier() == device);
    }

    /** The devices that a device depends on. */
    synchronized List<Device> suppliers(Device consumer) {
        return all.stream()
                .filter(each -> each.kind() == DeviceLink.Kind.MANAGED)
                .filter(each -> each.consumer() == consumer)
                .map(DeviceLink::supplier)
                .toList();
    }

    /** The devices that depend on a device, the youngest link first. */
    synchronized List<Device> consumers(Device supplier) {
        List<Device> found = new ArrayList<>();
        for (DeviceLink each : all) {
            if (each.kind() == DeviceLink.Kind.MANAGED && each.supplier() == supplier) {
                found.add(0, each.consumer());
            }
        }
        return found;
    }

    synchronized List<DeviceLink> of(Device device) {
        return all.stream()
                .filter(each -> each.consumer() == device || each.supplier() == device)
                .toList();
    }

    /** The binding of a link's supplier if it is bound and not being unbound; else null. */
    synchronized Binding boundSupplier(DeviceLink link) {
        return link.supplier().bindingIfBound();
    }

    /** The first supplier that is not bound; null if all are. */
    synchronized Device missingSupplier(Device consumer) {
        for (Device supplier : suppliers(consumer)) {
            if (supplier.bindingIfBound() == null) {
                return supplier;
            }
        }
        return null;
    }
}

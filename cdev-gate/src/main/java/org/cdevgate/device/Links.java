package org.cdevgate.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The links between the devices of a model. One lock for all of them, held for look-ups only; it is
 * also the lock under which a device's binding is taken away and a device is gone, so that whoever
 * finds a supplier bound here is found by its unbinding, and no link is left of what is gone.
 */
final class Links {
    // In order of making, so that consumers are unbound the youngest first. Guarded by this.
    private final Set<DeviceLink> all = new LinkedHashSet<>();

    /**
     * {@link #add} for code that links by hand. What is said of either device here stays so while
     * the lock is held: it is not gone, and the supplier's unbinding has not begun.
     *
     * @throws IllegalStateException if one of them is gone, or the supplier's unbinding, which may
     *     have looked for its consumers already, would leave the consumer bound
     */
    synchronized DeviceLink addByHand(Device consumer, Device supplier, DeviceLink.Kind kind) {
        for (Device each : List.of(consumer, supplier)) {
            if (each.isGone()) {
                throw new IllegalStateException(
                        each + " is gone, so nothing can be linked to it (ENODEV)");
            }
        }
        if (kind == DeviceLink.Kind.MANAGED && supplier.isUnbinding() && !consumer.isUnbound()) {
            throw new IllegalStateException(
                    supplier
                            + " is being unbound, so "
                            + consumer
                            + ", which has a driver, cannot depend on it (ENODEV); unbind the"
                            + " consumer first, or link them when the supplier is bound again");
        }
        return add(consumer, supplier, kind);
    }

    /**
     * {@link #add} for a driver's request.
     *
     * @return null if the supplier is not bound, or is being unbound; nothing was added then
     */
    synchronized @Nullable DeviceLink addIfBound(
            Device consumer, Device supplier, DeviceLink.Kind kind) {
        return supplier.bindingIfBound() == null ? null : add(consumer, supplier, kind);
    }

    /**
     * Adds a link, or counts it once more if it stands already.
     *
     * @throws DeviceLinkCycleException if it closes a circle of managed links
     */
    private DeviceLink add(Device consumer, Device supplier, DeviceLink.Kind kind) {
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
    private @Nullable List<Device> pathTo(Device goal, Device from, Set<Device> seen) {
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

    /** The first supplier that is not bound; null if all are. */
    synchronized @Nullable Device missingSupplier(Device consumer) {
        for (Device supplier : suppliers(consumer)) {
            if (supplier.bindingIfBound() == null) {
                return supplier;
            }
        }
        return null;
    }
}

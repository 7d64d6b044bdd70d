package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.cdevgate.cdev.Cdev;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.Uevent;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a registry as nodes of a mount, for as long as the subscription is open.
 *
 * <p>The registry tells of events one at a time, before the name that goes is free for others. So
 * the node's name goes here at the REMOVE: the mount's own removal listener may come later, for a
 * device that was there before, and would meet the next device of that name.
 */
final class FollowedDevices implements CharDevices.Subscription {
    private final DeviceMount mount;
    private final Consumer<FollowedDevices> whenClosed;

    // By generation: what takes the name away. Only used while the registry tells of an event, and
    // by follow() when nothing is told.
    private final Map<Long, Runnable> names = new HashMap<>();

    private volatile CharDevices.@Nullable Subscription subscription;

    FollowedDevices(DeviceMount mount, Consumer<FollowedDevices> whenClosed) {
        this.mount = mount;
        this.whenClosed = whenClosed;
    }

    /** Begins; if it fails nothing is published. */
    void follow(CharDevices devices) {
        boolean began = false;
        try {
            subscription = devices.follow(this::told);
            began = true;
        } finally {
            if (!began) {
                names.values().forEach(Runnable::run);
            }
        }
    }

    private void told(Uevent event) {
        Cdev device = event.device();
        if (event.action() == Uevent.Action.ADD) {
            publish(device);
            return;
        }
        Runnable name = names.remove(device.generation());
        if (name != null) {
            name.run();
        }
    }

    private void publish(Cdev device) {
        DeviceNode node = DeviceNode.named(device.name()).mode(device.mode()).minor(device.minor());
        try {
            Runnable name = mount.publish(device.gate(), node);
            if (name != null) { // else the mount is being closed, which is no fault of the device
                names.put(device.generation(), name);
            }
        } catch (FileAlreadyExistsException e) {
            throw refused(device, "it has a node of that name; remove that one first", e);
        } catch (NotDirectoryException e) {
            throw refused(device, "a part of the name is a device there; choose another name", e);
        } catch (IOException e) {
            if (!device.gate().isRemoving()) {
                throw refused(device, e.getMessage(), e);
            } // else it is just going, and the registry finds that too
        }
    }

    private IllegalArgumentException refused(Cdev device, @Nullable String why, IOException cause) {
        return new IllegalArgumentException(
                mount + " cannot take the name " + device.name() + ": " + why, cause);
    }

    @Override
    public void close() {
        CharDevices.Subscription following = subscription;
        if (following != null) {
            following.close();
        }
        whenClosed.accept(this);
    }
}

package org.cdevgate.cli.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.gate.removal.RemovalOutcome;

/**
 * A mount, the devices in it and the thread of their plans.
 *
 * <pre>{@code
 * try (PluggedDevices devices = PluggedDevices.mount(work.mount(), work.mountName(), memory)) {
 *     PluggedDevice port = devices.plug(PlannedDevice.of("ttyUSB0", kinds.make("echo")));
 *     port.start();
 * }
 * }</pre>
 */
public final class PluggedDevices implements AutoCloseable {
    /** For calls that do not come back from a driver of a user's. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private static final Duration CLOSED_LIMIT = Duration.ofMillis(200);
    private static final long LOOK_NANOS = 500_000;

    private final DeviceMount mount;
    private final ScheduledExecutorService timer;

    // Guarded by this.
    private final List<PluggedDevice> devices = new ArrayList<>();

    private PluggedDevices(DeviceMount mount) {
        this.mount = mount;
        timer =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "plans");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Mounts.
     *
     * @param name of the mount, for mount(8)
     * @param callerMemory whether a device needs it, see {@link KindDevice#needsCallerMemory}
     */
    public static PluggedDevices mount(Path folder, String name, boolean callerMemory)
            throws IOException {
        return new PluggedDevices(
                DeviceMount.builder(folder)
                        .fsName(name)
                        .callerMemory(callerMemory)
                        .closeTimeout(CLOSE_LIMIT)
                        .mount());
    }

    /** The mount. */
    public DeviceMount mount() {
        return mount;
    }

    /** {@link #plug(String, PlannedDevice, DeviceNames)} at the top of the mount. */
    public PluggedDevice plug(PlannedDevice planned) throws IOException {
        return plug("", planned, DeviceNames.NONE);
    }

    /**
     * Plugs a device in. What the time decides begins with {@link PluggedDevice#start()}.
     *
     * @param folder of the mount that it stands in; empty for its top
     * @param names hears of it
     */
    public PluggedDevice plug(String folder, PlannedDevice planned, DeviceNames names)
            throws IOException {
        String path = folder.isEmpty() ? planned.name() : folder + "/" + planned.name();
        PluggedDevice device = new PluggedDevice(planned, path, mount, names, timer);
        device.plug();
        synchronized (this) {
            devices.add(device);
        }
        return device;
    }

    /**
     * Unplugs a device for good and forgets it.
     *
     * @return completes after the drain and the teardown
     */
    public CompletableFuture<RemovalOutcome> remove(PluggedDevice device) {
        device.end();
        synchronized (this) {
            devices.remove(device);
        }
        return device.unplug("the end", null);
    }

    /** The devices, as they were plugged in. */
    public synchronized List<PluggedDevice> all() {
        return List.copyOf(devices);
    }

    /**
     * Waits for what the end of a program brings: removals that go on, for some seconds at most,
     * and the close of its files, for a moment, of which the kernel tells later only.
     */
    public void awaitSettled() throws InterruptedException {
        for (PluggedDevice each : all()) {
            each.awaitDrained(CLOSE_LIMIT);
        }
        long deadline = System.nanoTime() + CLOSED_LIMIT.toNanos();
        while (mount.openFiles() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Nothing happens by itself any more; everything is unplugged and unmounted. */
    @Override
    public void close() {
        all().forEach(PluggedDevice::end);
        timer.shutdownNow();
        mount.close();
    }
}

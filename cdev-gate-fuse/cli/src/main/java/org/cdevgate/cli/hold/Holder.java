package org.cdevgate.cli.hold;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.cdevgate.cli.device.PlannedDevice;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.device.PluggedDevices;
import org.cdevgate.cli.program.Workspace;
import org.cdevgate.cli.protocol.Refusal;
import org.cdevgate.drivers.BitBucket;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.drivers.spec.Nearest;
import org.jspecify.annotations.Nullable;

/** A mount with devices that are used by others, unplugged and plugged in at their wish. */
public final class Holder implements AutoCloseable {
    /** The version of the line protocol. It grows when a client could notice the difference. */
    static final int PROTOCOL = 1;

    private static final long LOOK_MILLIS = 10;

    private final PluggedDevices mount;
    private final Events events = new Events();
    private final Map<String, HeldDevice> devices = new LinkedHashMap<>();

    /** Waits for what was asked for. */
    private final ExecutorService waiting = Executors.newCachedThreadPool(Holder::thread);

    private final ScheduledExecutorService looking =
            Executors.newSingleThreadScheduledExecutor(Holder::thread);

    private boolean wasOpen; // of the looking thread

    private Holder(PluggedDevices mount) {
        this.mount = mount;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "holder");
        thread.setDaemon(true);
        return thread;
    }

    /** Mounts and plugs the devices in; what their plans say begins. */
    public static Holder open(Workspace work, List<PlannedDevice> planned) throws IOException {
        boolean memory = planned.stream().anyMatch(each -> each.device().needsCallerMemory());
        Holder holder = new Holder(PluggedDevices.mount(work.mount(), work.mountName(), memory));
        boolean opened = false;
        try {
            for (PlannedDevice each : planned) {
                HeldDevice held = new HeldDevice(each, holder.events);
                held.plugged(holder.mount.plug("", held.planned(), held));
                holder.devices.put(each.name(), held);
            }
            holder.mount.all().forEach(PluggedDevice::start);
            Future<?> unused = // it goes on until the end
                    holder.looking.scheduleWithFixedDelay(
                            holder::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            holder.waiting.execute(Holder::warmUp);
            opened = true;
            return holder;
        } finally {
            if (!opened) {
                holder.close();
            }
        }
    }

    /**
     * Removes a device that nobody has: the first removal of a JVM loads classes, for which its
     * sleepers would have to wait.
     */
    private static void warmUp() {
        HeldDevice nobodys =
                new HeldDevice(
                        PlannedDevice.of("warm-up", KindDevice.of(new BitBucket(false))),
                        new Events());
        nobodys.warmUp();
    }

    /** Nobody tells of a last close. */
    private void look() {
        boolean open = events.isWanted("closed") && mount.mount().openFiles() > 0;
        if (wasOpen && !open && events.isWanted("closed")) {
            events.tell("closed", Map.of());
        }
        wasOpen = open;
    }

    Events events() {
        return events;
    }

    ExecutorService waiting() {
        return waiting;
    }

    List<HeldDevice> devices() {
        return List.copyOf(devices.values());
    }

    /** Files that processes have open, of removed devices too. */
    int openFiles() {
        return mount.mount().openFiles();
    }

    /** Where a device's node is, for other processes. */
    String path(HeldDevice device) {
        return mount.mount().path(device.name()).toString();
    }

    /** For people: each device with its path. */
    public String places() {
        return devices().stream()
                .map(each -> each.name() + " is " + path(each))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    /**
     * The device of a name.
     *
     * @param name null for the only one
     */
    HeldDevice device(@Nullable String name) throws Refusal {
        String all = String.join(", ", devices.keySet());
        if (name == null && devices.size() > 1) {
            throw new Refusal(Refusal.Code.WHICH_DEVICE, "device is missing; give one of " + all);
        }
        HeldDevice device = name == null ? devices.values().iterator().next() : devices.get(name);
        if (device == null) {
            throw new Refusal(
                    Refusal.Code.UNKNOWN_DEVICE,
                    "there is no device "
                            + Refusal.quoted(name)
                            + Nearest.hint(String.valueOf(name), devices.keySet())
                            + "; there are "
                            + all);
        }
        return device;
    }

    /** The first line that whoever comes in gets. */
    Map<String, Object> ready() {
        Map<String, Object> paths = new LinkedHashMap<>();
        devices.values().forEach(each -> paths.put(each.name(), path(each)));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "ready");
        line.put("protocol", PROTOCOL);
        line.put("pid", ProcessHandle.current().pid());
        line.put("folder", mount.mount().mountPoint().toString());
        line.put("devices", paths);
        return line;
    }

    /** Unplugs everything and unmounts; who waits for a removal is answered before. */
    @Override
    public void close() {
        mount.close();
        looking.shutdownNow();
        waiting.shutdownNow();
    }
}

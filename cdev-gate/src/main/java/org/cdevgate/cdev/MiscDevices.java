package org.cdevgate.cdev;

import java.util.BitSet;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.front.RemovalListener;

/**
 * Devices that need no major of their own: drivers/char/misc.c. Each gets a minor of major 10.
 *
 * <pre>{@code
 * MiscDevices misc = new MiscDevices(devices);
 * MiscDevice<Object> device = misc.register("sensor", driver); // with a free minor, mode 0600
 * device.deregister();
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class MiscDevices {
    /** MISC_MAJOR of linux/miscdevice.h. */
    public static final int MAJOR = 10;

    /** Takes any minor that is free: MISC_DYNAMIC_MINOR. */
    public static final int DYNAMIC_MINOR = 255;

    private static final int FIRST_DYNAMIC = DYNAMIC_MINOR + 1;

    private final CharDevices devices;
    private final BitSet taken = new BitSet(); // guarded by this

    /**
     * The misc devices among the others.
     *
     * @throws IllegalArgumentException if somebody has major 10 already
     */
    public MiscDevices(CharDevices devices) {
        this.devices = Objects.requireNonNull(devices, "devices");
        devices.registerRegion(MAJOR, 0, DeviceNumber.MAX_MINOR + 1, "misc");
    }

    /**
     * Registers a device: misc_register(). It can be opened when this returns.
     *
     * @param name below /dev
     * @param minor 0 to 254, or {@link #DYNAMIC_MINOR}
     * @param mode permissions, 0 to 07777
     * @param data the driver's, for this device; not null
     * @param release gets the data when the device is removed and no file of it is open any more
     * @param driver makes the verbs of the device
     * @param choices the gate's, for example a wake hook or late release
     * @throws IllegalArgumentException if name or minor are taken or could not be one; {@code
     *     release} has run then
     */
    public <T> MiscDevice<T> register(
            String name,
            int minor,
            int mode,
            T data,
            Consumer<? super T> release,
            Function<? super MiscDevice<T>, ? extends FileOperations> driver,
            Consumer<? super GateBuilder> choices) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(release, "release");
        Objects.requireNonNull(driver, "driver");
        Objects.requireNonNull(choices, "choices");
        return register(
                new MiscDevice<>(name, data, release), minor, mode, driver, choices, gate -> {});
    }

    private <T> MiscDevice<T> register(
            MiscDevice<T> device,
            int minor,
            int mode,
            Function<? super MiscDevice<T>, ? extends FileOperations> driver,
            Consumer<? super GateBuilder> choices,
            Consumer<? super FopsGate> beforeItCanBeOpened) {
        String name = device.name();
        int number = -1;
        FopsGate gate = null;
        boolean registered = false;
        try {
            number = take(name, minor);
            GateBuilder builder =
                    FopsGate.builder(name, new MiscFileOperations(device, driver.apply(device)));
            choices.accept(builder);
            FopsGate made = builder.build();
            device.published(made, new DeviceNumber(MAJOR, number));
            made.front().addRemovalListener(device.whenGone());
            gate = made; // from here its removal gives the data back
            beforeItCanBeOpened.accept(gate);
            devices.add(gate, device.number(), name, mode);
            registered = true;
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new gate is not being removed", e);
        } finally {
            if (!registered) {
                if (gate == null) {
                    device.put();
                } else {
                    gate.unregisterSync();
                }
                if (number >= 0) {
                    free(number);
                }
            }
        }
        freeWhenGone(gate, number);
        return device;
    }

    /** After the registry's own listener: a minor that is free here must be free there. */
    private void freeWhenGone(FopsGate gate, int minor) {
        try {
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    free(minor);
                                }
                            });
        } catch (ErrnoException e) {
            free(minor); // somebody found it and has removed it already
        }
    }

    /**
     * Registers a device of a bound driver's: its gate is part of the binding before the first call
     * can come ({@link BoundDevice#addGate}), so {@link org.cdevgate.device.Device#bound} gives
     * every verb a proof. With a free minor, and no data: what the driver has is managed by the
     * binding.
     *
     * @param bound of the device that the driver drives
     * @param name below /dev
     * @param mode permissions, 0 to 07777
     * @param driver the verbs
     * @throws IllegalArgumentException if the name is taken or could not be one
     * @throws IllegalStateException if the device is being unbound
     */
    public MiscDevice<Object> register(
            BoundDevice bound, String name, int mode, FileOperations driver) {
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(driver, "driver");
        return register(
                new MiscDevice<>(name, new Object(), gone -> {}),
                DYNAMIC_MINOR,
                mode,
                device -> driver,
                builder -> {},
                bound::addGate);
    }

    /** {@link #register} with a free minor, mode 0600, no data and no choices. */
    public MiscDevice<Object> register(String name, FileOperations driver) {
        Objects.requireNonNull(driver, "driver");
        return register(
                name,
                DYNAMIC_MINOR,
                0600,
                new Object(),
                gone -> {},
                device -> driver,
                builder -> {});
    }

    private synchronized int take(String name, int minor) {
        if (minor < 0 || minor > DYNAMIC_MINOR) {
            throw new IllegalArgumentException(
                    "minor "
                            + minor
                            + " of misc device "
                            + name
                            + "; give 0 to 254, or DYNAMIC_MINOR (255)");
        }
        int number = minor == DYNAMIC_MINOR ? taken.nextClearBit(FIRST_DYNAMIC) : minor;
        if (number > DeviceNumber.MAX_MINOR) {
            throw new IllegalStateException("no minor is free for misc device " + name);
        }
        if (taken.get(number)) {
            throw new IllegalArgumentException(
                    "minor "
                            + minor
                            + " of misc device "
                            + name
                            + " is taken by "
                            + devices.find(new DeviceNumber(MAJOR, number))
                                    .map(Cdev::name)
                                    .orElse("another")
                            + "; use DYNAMIC_MINOR");
        }
        taken.set(number);
        return number;
    }

    private synchronized void free(int minor) {
        taken.clear(minor);
    }
}

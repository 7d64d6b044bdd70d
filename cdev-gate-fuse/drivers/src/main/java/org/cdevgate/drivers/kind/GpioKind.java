package org.cdevgate.drivers.kind;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.drivers.GpioAdapter;
import org.cdevgate.drivers.GpioHardware;
import org.cdevgate.drivers.spec.Settings;
import org.cdevgate.gate.removal.RemovalProfile;

/** Kind {@code gpio}. */
public final class GpioKind implements DeviceKind {
    @Override
    public String name() {
        return "gpio";
    }

    @Override
    public String help() {
        return "is a GPIO chip whose input lines change one after the other; lines are asked for"
                + " with _IOW(0xB4, 0x40, __u64), since a node cannot make the descriptors of"
                + " linux/gpio.h";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("lines", "8", "how many it has, 1 to 64"),
                new KindOption("label", "cdev-gate gpio", "what programs show it as"),
                new KindOption("every", "100ms", "time between two changes"));
    }

    @Override
    public KindDevice make(Settings settings) {
        int lines = (int) settings.number("lines", 1, Long.SIZE);
        GpioHardware hardware = new GpioHardware(settings.text("label"), lines);
        GpioHardware.Registers registers = hardware.map();
        GpioAdapter.Chip chip = GpioAdapter.Chip.withoutBus("gpiochip0", hardware, registers);
        AtomicInteger changes = new AtomicInteger();
        return KindDevice.of(chip)
                .removalProfile(RemovalProfile.GPIO)
                .every(
                        settings.period("every"),
                        () -> {
                            hardware.toggle(
                                    Integer.remainderUnsigned(changes.getAndIncrement(), lines));
                            chip.interrupt(registers);
                        });
    }
}

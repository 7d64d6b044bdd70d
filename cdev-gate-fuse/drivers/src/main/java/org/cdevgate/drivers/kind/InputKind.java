package org.cdevgate.drivers.kind;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.drivers.InputDevice;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code input}. */
public final class InputKind implements DeviceKind {
    // linux/input.h, linux/input-event-codes.h
    private static final int BUS_USB = 3;
    private static final int BTN_TRIGGER = 0x120;
    private static final int ABS_X = 0;

    private static final int MOST = 255;

    @Override
    public String name() {
        return "input";
    }

    @Override
    public String help() {
        return "is an input device as evdev shows it, with a button that is pressed and released in"
                + " turn and an axis";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("name", "cdev-gate button", "what programs show it as"),
                new KindOption("every", "100ms", "time between two events"));
    }

    @Override
    public KindDevice make(Settings settings) {
        InputDevice device =
                new InputDevice(settings.text("name"), BUS_USB, 1, 1, 1)
                        .with(InputDevice.EV_KEY, BTN_TRIGGER)
                        .withAxis(ABS_X, 0, MOST);
        AtomicInteger count = new AtomicInteger();
        return KindDevice.of(device)
                .every(
                        settings.period("every"),
                        () -> {
                            int number = count.incrementAndGet();
                            device.report(InputDevice.EV_KEY, BTN_TRIGGER, number & 1);
                            device.report(InputDevice.EV_ABS, ABS_X, number % MOST);
                            device.sync();
                        });
    }
}

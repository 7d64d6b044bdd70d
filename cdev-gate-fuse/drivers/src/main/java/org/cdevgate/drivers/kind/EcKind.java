package org.cdevgate.drivers.kind;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.drivers.EcFirmware;
import org.cdevgate.drivers.EmbeddedController;
import org.cdevgate.drivers.spec.InvalidSpecException;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code ec}. */
public final class EcKind implements DeviceKind {
    private static final int BUTTON = 3; // EC_MKBP_EVENT_BUTTON of cros_ec_commands.h

    @Override
    public String name() {
        return "ec";
    }

    @Override
    public String help() {
        return "is an embedded controller as /dev/cros_ec, with a flash memory of 128K and a button"
                + " that is pressed and released in turn; copies from and to the memory of callers";
    }

    @Override
    public List<KindOption> options() {
        return List.of(
                new KindOption("version", "cdev-gate_v1", "of its firmware, up to 31 characters"),
                new KindOption(
                        "every", "100ms", "time between two events; an erase ends at the next"));
    }

    @Override
    public KindDevice make(Settings settings) {
        String version = settings.text("version");
        if (version.length() > 31 || !version.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new InvalidSpecException(
                    "kind ec: version="
                            + version
                            + "; give up to 31 characters of ASCII, without blanks");
        }
        EcFirmware firmware = new EcFirmware(version);
        EcFirmware.Port port = firmware.port();
        EmbeddedController.Chardev controller = EmbeddedController.Chardev.withoutBus(port);
        AtomicInteger events = new AtomicInteger();
        return KindDevice.of(controller)
                .callerMemory()
                .every(
                        settings.period("every"),
                        () -> {
                            if (firmware.isErasing()) {
                                firmware.finishErase();
                            }
                            firmware.happen(BUTTON, events.incrementAndGet() & 1, 0, 0, 0);
                            controller.interrupt(port);
                        });
    }
}

package org.cdevgate.cli.device;

import java.io.IOException;

/** Hears of the names of devices: after one is in the mount, and when its removal begins. */
public interface DeviceNames {
    /** For devices that are found by their path in the mount alone. */
    DeviceNames NONE =
            new DeviceNames() {
                @Override
                public void appear(String name) {}

                @Override
                public void vanish(String name) {}
            };

    /** A device can be opened. */
    void appear(String name) throws IOException;

    /** It goes; who opens its name must find nothing from now on. Called on the removing thread. */
    void vanish(String name);
}

package org.cdevgate.drivers.kind;

import org.cdevgate.drivers.I2cAdapter;
import org.cdevgate.drivers.I2cBus;
import org.cdevgate.drivers.spec.Settings;

/** Kind {@code i2c}. */
public final class I2cKind implements DeviceKind {
    @Override
    public String name() {
        return "i2c";
    }

    @Override
    public String help() {
        return "is an adapter with an EEPROM at 0x50 and a thermometer at 0x48; copies from and to"
                + " the memory of callers";
    }

    @Override
    public KindDevice make(Settings settings) {
        I2cBus bus =
                new I2cBus()
                        .attach(0x50, new I2cBus.Eeprom())
                        .attach(0x48, new I2cBus.Thermometer());
        return KindDevice.of(new I2cAdapter(bus)).callerMemory();
    }
}

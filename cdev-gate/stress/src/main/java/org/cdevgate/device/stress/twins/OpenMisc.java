package org.cdevgate.device.stress.twins;

import org.cdevgate.abi.ErrnoException;

/** A misc device with late release, whose release uses the device's data. */
interface OpenMisc {
    /** Registers one. */
    @FunctionalInterface
    interface Maker {
        OpenMisc make(Memory data);
    }

    void open() throws ErrnoException;

    void close();

    void deregister();
}

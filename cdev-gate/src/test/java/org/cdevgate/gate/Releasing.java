package org.cdevgate.gate;

import java.io.IOException;
import org.cdevgate.abi.ErrnoException;

/** A driver whose release is what a test says. */
@FunctionalInterface
interface Releasing extends FileOperations {
    /** A gate before such a driver. */
    static FopsGate gate(String name, Releasing driver) {
        return FopsGate.of(name, driver);
    }

    /** {@link #gate} with choices. */
    static GateBuilder builder(String name, Releasing driver) {
        return FopsGate.builder(name, driver);
    }

    void inRelease(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException;

    @Override
    default void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        inRelease(file, call);
    }
}

package org.cdevgate.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;

/** A driver whose read is what a test says. */
@FunctionalInterface
interface Reading extends FileOperations {
    /** A gate before such a driver. */
    static FopsGate gate(String name, Reading driver) {
        return FopsGate.of(name, driver);
    }

    /** {@link #gate} with choices. */
    static GateBuilder builder(String name, Reading driver) {
        return FopsGate.builder(name, driver);
    }

    int inRead(OpenFile file, Call call) throws ErrnoException, IOException, InterruptedException;

    @Override
    default int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return inRead(file, call);
    }
}

package org.cdevgate.gate;

import java.io.IOException;
import org.cdevgate.abi.ErrnoException;

/** A driver whose poll is what a test says. */
@FunctionalInterface
interface Polling extends FileOperations {
    /** A gate before such a driver. */
    static FopsGate gate(String name, Polling driver) {
        return FopsGate.of(name, driver);
    }

    int inPoll(OpenFile file, Call call) throws ErrnoException, IOException, InterruptedException;

    @Override
    default int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return inPoll(file, call);
    }
}

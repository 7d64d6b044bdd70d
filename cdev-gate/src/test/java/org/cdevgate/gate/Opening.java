package org.cdevgate.gate;

import java.io.IOException;
import org.cdevgate.abi.ErrnoException;

/** A driver whose open is what a test says. */
@FunctionalInterface
interface Opening extends FileOperations {
    int inOpen(OpenFile file, Call call) throws ErrnoException, IOException, InterruptedException;

    @Override
    default int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return inOpen(file, call);
    }
}

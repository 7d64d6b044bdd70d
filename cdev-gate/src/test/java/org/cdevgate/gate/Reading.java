package org.cdevgate.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;

/** A driver whose read is what a test says. */
@FunctionalInterface
interface Reading extends FileOperations {
    int inRead(OpenFile file, Call call) throws ErrnoException, IOException, InterruptedException;

    @Override
    default int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return inRead(file, call);
    }
}

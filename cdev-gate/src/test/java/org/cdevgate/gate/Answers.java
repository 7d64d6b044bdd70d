package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.function.Executable;

/** What callers get. */
final class Answers {
    static final Caller LOCAL = Caller.local();

    private Answers() {}

    static OpenFile open(FopsGate gate) throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR, LOCAL);
    }

    static OpenFile openNonBlocking(FopsGate gate) throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, LOCAL);
    }

    static int read(OpenFile file) throws ErrnoException {
        return file.gate().front().read(file, ByteBuffer.allocateDirect(16), 0, LOCAL);
    }

    /** Opens a file, on this thread, and reads on another one. */
    static Background<Integer> startReading(FopsGate gate) throws ErrnoException {
        OpenFile file = open(gate);
        return Background.start(() -> read(file));
    }

    static void assertErrno(Errno expected, Executable call, String otherwise) {
        ErrnoException thrown = assertThrows(ErrnoException.class, call, otherwise);
        assertErrno(expected, thrown, otherwise);
    }

    static void assertErrno(Errno expected, Throwable thrown, String otherwise) {
        if (!(thrown instanceof ErrnoException answer)) {
            throw new AssertionError(otherwise + ": thrown was " + thrown, thrown);
        }
        assertEquals(expected.name(), Errno.describe(answer.errno()), otherwise);
    }
}

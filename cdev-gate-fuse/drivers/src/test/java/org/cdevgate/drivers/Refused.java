package org.cdevgate.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.junit.jupiter.api.function.Executable;

/** Calls that a driver refuses. */
final class Refused {
    private Refused() {}

    /** A call gets this errno. */
    static void expect(Errno errno, Executable call) {
        assertEquals(errno.number(), assertThrows(ErrnoException.class, call).errno());
    }
}

package org.cdevgate.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
    @ParameterizedTest
    @CsvSource({
        "EPERM, 1",
        "ENOENT, 2",
        "EINTR, 4",
        "EIO, 5",
        "ENXIO, 6",
        "EAGAIN, 11",
        "ENOMEM, 12",
        "EFAULT, 14",
        "EBUSY, 16",
        "ENODEV, 19",
        "EINVAL, 22",
        "ENOTTY, 25",
        "ENOSPC, 28",
        "ESPIPE, 29",
        "EPIPE, 32",
        "EDEADLK, 35",
        "ENOSYS, 38",
        "ENOMSG, 42",
        "ENODATA, 61",
        "EPROTO, 71",
        "EOVERFLOW, 75",
        "EILSEQ, 84",
        "EOPNOTSUPP, 95",
        "ESHUTDOWN, 108",
        "ETIMEDOUT, 110",
        "ENOMEDIUM, 123",
        "ECANCELED, 125",
        "ERFKILL, 132",
    })
    void numbersAreThoseOfTheGenericHeader(Errno errno, int number) {
        assertEquals(number, errno.number(), "a C caller would read another error");
        assertSame(errno, Errno.of(number));
        assertEquals(number, errno.exception().errno());
    }

    @Test
    void everyNumberHasOneNameAndIsWithinTheLimit() {
        Set<Integer> seen = new HashSet<>();
        for (Errno errno : Errno.values()) {
            assertTrue(seen.add(errno.number()), () -> errno + " repeats a number");
            assertTrue(
                    errno.number() >= 1 && errno.number() <= ErrnoException.MAX_ERRNO,
                    () -> errno + " could not be answered");
            assertTrue(!errno.description().isEmpty(), () -> errno + " has no description");
        }
    }

    @Test
    void aNumberWithoutANameIsStillDescribed() {
        assertNull(Errno.of(41), "41 is a hole in the header");
        assertNull(Errno.of(0));
        assertNull(Errno.of(-19));
        assertNull(Errno.of(100_000));
        assertEquals("errno 41", Errno.describe(41));
        assertEquals("ENODEV", Errno.describe(19));
    }
}

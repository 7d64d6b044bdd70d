package org.cdevgate.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoExceptionTest {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, -19, 512, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aNumberThatFuseWouldRefuseCannotBeMade(int number) {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ErrnoException.of(number),
                        "the reply would be refused by the kernel and its caller hang");
        assertTrue(
                refused.getMessage().contains(String.valueOf(number)),
                () -> "\"" + refused.getMessage() + "\" does not name the number");
    }

    @Test
    void everyNumberThatTheKernelTakesCanBeAnswered() {
        for (int number = 1; number <= ErrnoException.MAX_ERRNO; number++) {
            assertEquals(number, ErrnoException.of(number).errno());
        }
    }

    @Test
    void aSharedExceptionAllocatesNothingAndRemembersNothing() {
        ErrnoException shared = Errno.EAGAIN.exception();
        assertSame(shared, Errno.EAGAIN.exception(), "a busy poller would fill the heap");
        assertSame(shared, ErrnoException.of(11));
        assertEquals(
                0, shared.getStackTrace().length, "the stack of another call would be shown here");
        shared.addSuppressed(new IllegalStateException("of one call"));
        assertEquals(
                0,
                shared.getSuppressed().length,
                "an exception of one call would be kept alive and shown in another");
        assertThrows(
                IllegalStateException.class,
                () -> shared.initCause(new IllegalStateException("of one call")),
                "a cause of one call would be shown in another");
    }

    @Test
    void anExceptionWithAMessageSaysWhereAndWhy() {
        ErrnoException own = new ErrnoException(Errno.EIO, "the sensor sends no clock");
        assertEquals(5, own.errno());
        assertNotEquals(0, own.getStackTrace().length, "the log would not say where");
        assertEquals("EIO: the sensor sends no clock", own.getMessage());
    }

    @Test
    void aSharedExceptionPrintsItsName() {
        assertEquals("ENODEV", Errno.ENODEV.exception().getMessage());
        assertEquals("errno 511", ErrnoException.of(511).getMessage());
    }
}

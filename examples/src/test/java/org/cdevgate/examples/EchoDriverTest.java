package org.cdevgate.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.Test;

class EchoDriverTest {
    private final FopsGate gate = FopsGate.of("echo", new EchoDriver());

    private OpenFile open() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private int write(OpenFile file, String text) throws ErrnoException {
        ByteBuffer src = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        return gate.front().write(file, src, 0, Caller.local());
    }

    private String read(OpenFile file, int most) throws ErrnoException {
        ByteBuffer dst = ByteBuffer.allocateDirect(most);
        int count = gate.front().read(file, dst, 0, Caller.local());
        byte[] got = new byte[count];
        dst.get(0, got);
        return new String(got, StandardCharsets.US_ASCII);
    }

    @Test
    void whatWasWrittenIsReadInOrderAndInPieces() throws ErrnoException {
        OpenFile file = open();
        assertEquals(5, write(file, "hello"));
        assertEquals("he", read(file, 2));
        assertEquals(2, write(file, "!!"));
        assertEquals("llo!!", read(file, 100));
    }

    @Test
    void anEmptyEchoIsNotReadableAndAFullOneNotWritable() throws ErrnoException {
        OpenFile file = open();
        assertEquals(
                PollEvents.POLLOUT | PollEvents.POLLWRNORM,
                gate.front().poll(file, Caller.local(), null));
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> read(file, 1)).errno());
        assertEquals(4096, write(file, "x".repeat(5000)));
        assertEquals(
                PollEvents.POLLIN | PollEvents.POLLRDNORM,
                gate.front().poll(file, Caller.local(), null));
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> write(file, "x")).errno());
    }

    @Test
    void theIoctlTellsTheLengthAndOthersAreRefused() throws ErrnoException {
        OpenFile file = open();
        write(file, "four");
        ByteBuffer data = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        assertEquals(0, gate.front().ioctl(file, EchoDriver.ECHO_LENGTH, 0, data, Caller.local()));
        assertEquals(4, data.getInt(0));
        assertEquals(
                Errno.ENOTTY.number(),
                assertThrows(
                                ErrnoException.class,
                                () -> gate.front().ioctl(file, 0x5401, 0, data, Caller.local()))
                        .errno());
    }
}

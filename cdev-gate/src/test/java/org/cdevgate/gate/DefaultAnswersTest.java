package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.abi.Seek;
import org.junit.jupiter.api.Test;

/** A verb that the driver does not have answers what the kernel answers for a null operation. */
class DefaultAnswersTest {
    private static final String OTHERWISE = "a program that probes the device takes the wrong turn";

    private final FopsGate gate = FopsGate.of("empty", new FileOperations() {});
    private final ByteBuffer data = ByteBuffer.allocate(8);

    @Test
    void missingVerbsAnswerAsTheKernel() throws Exception {
        OpenFile file = Answers.open(gate);
        assertErrno(Errno.EINVAL, () -> gate.front().read(file, data, 0, LOCAL), OTHERWISE);
        assertErrno(Errno.EINVAL, () -> gate.front().write(file, data, 0, LOCAL), OTHERWISE);
        assertErrno(
                Errno.ENOTTY, () -> gate.front().ioctl(file, 0x5401, 0, data, LOCAL), OTHERWISE);
        assertErrno(
                Errno.ESPIPE, () -> gate.front().llseek(file, 0, Seek.SEEK_DATA, LOCAL), OTHERWISE);
        assertErrno(Errno.ENODEV, () -> gate.front().mmap(file, 0, 4096, LOCAL), OTHERWISE);
        assertErrno(Errno.EINVAL, () -> gate.front().fsync(file, true, LOCAL), OTHERWISE);
        assertEquals(PollEvents.DEFAULT_POLLMASK, gate.front().poll(file, LOCAL, null), OTHERWISE);
        gate.front().flush(file, LOCAL);
        gate.front().close(file);
        assertTrue(file.isReleased());
    }

    @Test
    void aStreamHasNoPositionAndNoSize() throws Exception {
        assertEquals(0, gate.front().size());
        FopsGate counting =
                FopsGate.of(
                        "stream",
                        new FileOperations() {
                            @Override
                            public int read(
                                    OpenFile file, ByteBuffer dst, long position, Call call) {
                                return (int) position + 5;
                            }
                        });
        OpenFile file = Answers.open(counting);
        assertEquals(
                5, counting.front().read(file, data, 3, LOCAL), "a stream was given a position");
        assertEquals(0, file.position());
    }

    @Test
    void aSeekableDeviceSeesThePositionAndMovesIt() throws Exception {
        FopsGate seekable =
                FopsGate.builder(
                                "eeprom",
                                new FileOperations() {
                                    @Override
                                    public int read(
                                            OpenFile file,
                                            ByteBuffer dst,
                                            long position,
                                            Call call) {
                                        return (int) position + 1;
                                    }

                                    @Override
                                    public int write(
                                            OpenFile file,
                                            ByteBuffer src,
                                            long position,
                                            Call call) {
                                        return 2;
                                    }

                                    @Override
                                    public long llseek(
                                            OpenFile file, long offset, int whence, Call call) {
                                        return 77;
                                    }
                                })
                        .seekable(() -> 128)
                        .build();
        OpenFile file = Answers.open(seekable);
        assertEquals(128, seekable.front().size());
        assertEquals(4, seekable.front().read(file, data, 3, LOCAL));
        assertEquals(7, file.position(), "three before and four read");
        seekable.front().write(file, data, 10, LOCAL);
        assertEquals(12, file.position());
        assertEquals(77, seekable.front().llseek(file, 0, Seek.SEEK_DATA, LOCAL));
        assertEquals(77, file.position());
        seekable.unregisterSync();
        assertErrno(
                Errno.ENODEV, seekable.front()::size, "stat would ask a dead driver for its size");
    }

    @Test
    void aFileOfOneGateNeverReachesAnother() throws Exception {
        OpenFile file = Answers.open(gate);
        FopsGate reborn = FopsGate.of("empty", new FileOperations() {});
        assertThrows(
                IllegalArgumentException.class,
                () -> reborn.front().read(file, data, 0, LOCAL),
                "a file of the unplugged device would reach the new one");
        assertThrows(IllegalArgumentException.class, () -> reborn.front().close(file));
        assertThrows(IllegalArgumentException.class, () -> reborn.front().poll(file, LOCAL, null));
        assertThrows(IllegalArgumentException.class, () -> reborn.front().open(file, LOCAL));
    }

    @Test
    void aClosedFileIsNoFile() throws Exception {
        OpenFile file = Answers.open(gate);
        gate.front().close(file);
        assertErrno(Errno.EBADF, () -> gate.front().read(file, data, 0, LOCAL), "use after close");
        assertEquals(PollEvents.POLLNVAL, gate.front().poll(file, LOCAL, null));
    }
}

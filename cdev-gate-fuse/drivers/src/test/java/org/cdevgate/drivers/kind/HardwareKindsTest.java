package org.cdevgate.drivers.kind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.drivers.CallerWithMemory;
import org.cdevgate.drivers.EcFirmware;
import org.cdevgate.drivers.EmbeddedController;
import org.cdevgate.drivers.GpioAdapter;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each does its work when it is plugged in for the first time and for the second. */
class HardwareKindsTest {
    private final ByteBuffer data =
            ByteBuffer.allocateDirect(160 * 120 * 2).order(ByteOrder.nativeOrder());

    private interface Use {
        void of(FopsGate gate, Runnable tick) throws ErrnoException;
    }

    private static void plugTwice(String kind, Use use) throws ErrnoException, IOException {
        KindDevice device = DeviceKinds.load(DeviceKinds.class.getClassLoader()).make(kind);
        for (int plugged = 0; plugged < 2; plugged++) {
            FopsGate gate = device.configure(FopsGate.builder("d", device.driver())).build();
            use.of(gate, device::tick);
            gate.unregisterSync();
        }
    }

    private static OpenFile open(FopsGate gate) throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private int read(OpenFile file) throws ErrnoException {
        return file.gate().front().read(file, data.clear(), 0, Caller.local());
    }

    private static void expectNothing(OpenFile file, HardwareKindsTest test) {
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(ErrnoException.class, () -> test.read(file)).errno());
    }

    @ParameterizedTest
    @ValueSource(strings = {"camera", "camera,every=1ms"})
    void aCameraTakesAPictureAtEachTick(String kind) throws Exception {
        plugTwice(
                kind,
                (gate, tick) -> {
                    OpenFile file = open(gate);
                    expectNothing(file, this); // which begins to stream
                    tick.run();
                    assertEquals(160 * 120 * 2, read(file));
                    byte first = data.get(0);
                    tick.run();
                    read(file);
                    assertEquals((byte) (first + 1), data.get(0), "the picture moves");
                    assertTrue(gate.front().size() > 0, "buffers to map");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpio", "gpio,lines=1", "gpio,lines=64"})
    void aChipChangesALineAtEachTick(String kind) throws Exception {
        plugTwice(
                kind,
                (gate, tick) -> {
                    OpenFile file = open(gate);
                    data.clear().limit(8);
                    data.putLong(0, 1);
                    gate.front().ioctl(file, GpioAdapter.REQUEST_LINES, 0, data, Caller.local());
                    expectNothing(file, this);
                    for (int line = 0; line < 64; line++) {
                        tick.run();
                    }
                    assertEquals(0, read(file) % GpioAdapter.EVENT_BYTES);
                    assertEquals(0, data.getInt(12), "the line that was asked for");
                    data.clear().limit(16);
                    data.putLong(8, 1);
                    assertEquals(
                            0,
                            gate.front()
                                    .ioctl(file, GpioAdapter.GET_VALUES, 0, data, Caller.local()));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec", "ec,version=acme_1"})
    void aControllerAnswersAndTellsOfItsButton(String kind) throws Exception {
        plugTwice(
                kind,
                (gate, tick) -> {
                    OpenFile file = open(gate);
                    String version = version(file);
                    assertTrue(version.contains("_"), version);
                    OpenFile listener = open(gate);
                    gate.front()
                            .ioctl(
                                    listener,
                                    EmbeddedController.CROS_EC_DEV_IOCEVENTMASK,
                                    1 << 3,
                                    ByteBuffer.allocateDirect(0),
                                    Caller.local());
                    expectNothing(listener, this);
                    tick.run();
                    assertEquals(5, read(listener));
                    assertEquals(3, data.get(0), "EC_MKBP_EVENT_BUTTON");
                    eraseUntil(gate, tick);
                });
    }

    private String version(OpenFile file) throws ErrnoException {
        byte[] text = new byte[read(file)];
        data.get(0, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /** A command that takes long, begun by one that does not wait for it. */
    private static void eraseUntil(FopsGate gate, Runnable tick) throws ErrnoException {
        CallerWithMemory caller = new CallerWithMemory(0x100, 0x200);
        OpenFile file = gate.front().open(OpenFlags.O_NONBLOCK, caller);
        ByteBuffer header = ByteBuffer.allocateDirect(20).order(ByteOrder.nativeOrder());
        assertEquals(20, IoctlCommand.size(EmbeddedController.CROS_EC_DEV_IOCXCMD));
        header.putInt(4, EcFirmware.EC_CMD_FLASH_ERASE).putInt(8, 8);
        caller.memory.putInt(0x100 + 20, 0).putInt(0x100 + 24, 16);
        int command = EmbeddedController.CROS_EC_DEV_IOCXCMD;
        assertEquals(
                Errno.EAGAIN.number(),
                assertThrows(
                                ErrnoException.class,
                                () -> gate.front().ioctl(file, command, 0x100, header, caller))
                        .errno());
        tick.run();
        header.putInt(4, EcFirmware.EC_CMD_HELLO).putInt(8, 4).putInt(12, 4);
        assertEquals(4, gate.front().ioctl(file, command, 0x100, header, caller), "free again");
    }
}

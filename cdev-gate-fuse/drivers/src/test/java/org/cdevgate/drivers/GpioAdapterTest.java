package org.cdevgate.drivers;

import static org.cdevgate.drivers.Refused.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GpioAdapterTest {
    private final CharDevices devices = new CharDevices();
    private final GpioHardware hardware = new GpioHardware("acme", 8);
    private final ByteBuffer data = ByteBuffer.allocateDirect(256).order(ByteOrder.nativeOrder());
    private Device device;
    private FopsGate gate;

    @BeforeEach
    void plug() {
        Bus bus = new DeviceModel().bus("usb");
        bus.addDriver(new GpioAdapter(new MiscDevices(devices)));
        device = bus.newDevice("gpiochip0").data(hardware).add();
        gate = devices.find("gpiochip0").orElseThrow().gate();
    }

    private OpenFile open() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private void ioctl(OpenFile file, int command) throws ErrnoException {
        gate.front().ioctl(file, command, 0, data, Caller.local());
    }

    private void request(OpenFile file, long lines) throws ErrnoException {
        data.putLong(0, lines);
        ioctl(file, GpioAdapter.REQUEST_LINES);
    }

    private String name(int at) {
        byte[] bytes = new byte[32];
        data.get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8).trim();
    }

    @Test
    void theChipAndItsLinesTellWhatTheyAre() throws ErrnoException {
        OpenFile file = open();
        ioctl(file, GpioAdapter.CHIP_INFO);
        assertEquals("gpiochip0", name(0));
        assertEquals("acme", name(32));
        assertEquals(8, data.getInt(64));
        data.putInt(64, 3);
        ioctl(file, GpioAdapter.LINE_INFO);
        assertEquals("line 3", name(0));
        assertEquals(4, data.getLong(72), "an input that nobody uses");
        request(open(), 1 << 3);
        data.putInt(64, 3);
        ioctl(file, GpioAdapter.LINE_INFO);
        assertEquals(5, data.getLong(72), "an input that is used");
        data.putInt(64, 8);
        expect(Errno.EINVAL, () -> ioctl(file, GpioAdapter.LINE_INFO));
        expect(Errno.ENOTTY, () -> ioctl(file, 0x5401));
    }

    @Test
    void aLineHasOneOwnerUntilThatClosesItsFile() throws ErrnoException {
        OpenFile owner = open();
        OpenFile other = open();
        request(owner, 0b11);
        expect(Errno.EBUSY, () -> request(other, 0b110));
        request(other, 0b100);
        expect(Errno.EINVAL, () -> request(other, 1 << 8));
        gate.front().close(owner);
        request(other, 0b110);
    }

    @Test
    void changesOfRequestedLinesAreReadAndPolled() throws ErrnoException {
        OpenFile file = open();
        request(file, 0b10);
        hardware.toggle(0);
        assertEquals(0, gate.front().poll(file, Caller.local(), null));
        expect(Errno.EAGAIN, () -> gate.front().read(file, data, 0, Caller.local()));
        hardware.toggle(1);
        hardware.toggle(1);
        assertEquals(
                PollEvents.POLLIN | PollEvents.POLLRDNORM,
                gate.front().poll(file, Caller.local(), null));
        for (int event = 1; event <= 2; event++) {
            data.clear();
            assertEquals(GpioAdapter.EVENT_BYTES, gate.front().read(file, data, 0, Caller.local()));
            assertEquals(event, data.getInt(8), "rising, then falling");
            assertEquals(1, data.getInt(12), "the line");
            assertEquals(event, data.getInt(16), "the number");
            assertEquals(event, data.getInt(20), "the number among those of the line");
        }
        data.clear().limit(GpioAdapter.EVENT_BYTES - 1);
        expect(Errno.EINVAL, () -> gate.front().read(file, data, 0, Caller.local()));
    }

    @Test
    void whoIsTooSlowLosesTheOldestEventsAndSeesItByTheNumbers() throws ErrnoException {
        OpenFile file = open();
        request(file, 0b11);
        for (int event = 1; event <= 66; event++) {
            hardware.toggle(event == 66 ? 1 : 0);
        }
        for (int event = 3; event <= 66; event++) {
            data.clear();
            assertEquals(GpioAdapter.EVENT_BYTES, gate.front().read(file, data, 0, Caller.local()));
            assertEquals(event, data.getInt(16), "the number");
            assertEquals(event == 66 ? 1 : event, data.getInt(20), "the number of the line");
        }
        expect(Errno.EAGAIN, () -> gate.front().read(file, data.clear(), 0, Caller.local()));
    }

    @Test
    void levelsAreReadOfOwnLines() throws ErrnoException {
        OpenFile file = open();
        request(file, 0b11);
        hardware.toggle(1);
        data.putLong(8, 0b11);
        ioctl(file, GpioAdapter.GET_VALUES);
        assertEquals(0b10, data.getLong(0));
        data.putLong(8, 0b100);
        expect(Errno.EINVAL, () -> ioctl(file, GpioAdapter.GET_VALUES));
    }

    @Test
    void anAdapterThatIsUnboundHasNeitherRegistersNorInterrupt() throws ErrnoException {
        OpenFile file = open();
        request(file, 1);
        assertTrue(device.unbind());
        assertFalse(hardware.isMapped());
        hardware.toggle(0);
        assertEquals(0, hardware.lateReads(), "the handler ran without registers");
        expect(Errno.ENODEV, () -> ioctl(file, GpioAdapter.CHIP_INFO));
        assertTrue(device.attach(), "bound again, as by a write to sysfs' bind");
        expect(Errno.ENODEV, () -> ioctl(file, GpioAdapter.CHIP_INFO));
        assertTrue(devices.find("gpiochip0").isPresent());
        device.remove();
    }
}

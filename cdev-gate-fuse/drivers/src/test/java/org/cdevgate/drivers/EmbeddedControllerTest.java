package org.cdevgate.drivers;

import static org.cdevgate.drivers.EmbeddedController.CROS_EC_DEV_IOCEVENTMASK;
import static org.cdevgate.drivers.EmbeddedController.CROS_EC_DEV_IOCXCMD;
import static org.cdevgate.drivers.EmbeddedController.EC_MAX_MSG_BYTES;
import static org.cdevgate.drivers.EmbeddedController.UNREAD_EVENTS;
import static org.cdevgate.drivers.Refused.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the controller's node answers to arguments that a sound program never passes. */
@Timeout(60)
class EmbeddedControllerTest {
    private static final int COMMAND = 0x100; // where a struct cros_ec_command stands in memory
    private static final int DATA = COMMAND + 20;
    private static final int MEMORY = 0x800;
    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    private final CharDevices devices = new CharDevices();
    private final EcFirmware firmware = new EcFirmware("acme_v2.1");
    private final CallerWithMemory process = new CallerWithMemory(COMMAND, MEMORY);
    private final ByteBuffer header = ByteBuffer.allocateDirect(20).order(ByteOrder.nativeOrder());
    private final ByteBuffer data = ByteBuffer.allocateDirect(64);
    private Device device;
    private FopsGate gate;
    private OpenFile file;

    @BeforeEach
    void plug() throws ErrnoException {
        Bus bus = new DeviceModel().bus("spi");
        bus.addDriver(new EmbeddedController(new MiscDevices(devices)));
        device = bus.newDevice("cros_ec").data(firmware).add();
        gate = devices.find("cros_ec").orElseThrow().gate();
        file = open();
    }

    private OpenFile open() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, process);
    }

    /** Runs a command as the front does it: the header goes with the call, the data do not. */
    private int run(int version, int command, int outSize, int inSize) throws ErrnoException {
        return run(COMMAND, version, command, outSize, inSize);
    }

    private int run(long address, int version, int command, int outSize, int inSize)
            throws ErrnoException {
        header.clear();
        header.putInt(version).putInt(command).putInt(outSize).putInt(inSize).putInt(-1).flip();
        return gate.front().ioctl(file, CROS_EC_DEV_IOCXCMD, address, header, process);
    }

    private void expectResult(int result, int version, int command, int outSize)
            throws ErrnoException {
        assertEquals(0, run(version, command, outSize, 64), "bytes of an answer");
        assertEquals(result, header.getInt(16), "the result of the command");
    }

    private void part(int offset, int size) {
        process.memory.putInt(DATA, offset).putInt(DATA + 4, size);
    }

    private void listen(OpenFile to, long mask) throws ErrnoException {
        gate.front()
                .ioctl(to, CROS_EC_DEV_IOCEVENTMASK, mask, ByteBuffer.allocateDirect(0), process);
    }

    private int read(OpenFile from, int bytes) throws ErrnoException {
        return gate.front().read(from, data.clear().limit(bytes), 0, process);
    }

    @Test
    void sizesBeyondTheLongestMessageAreRefused() {
        for (int bad : new int[] {EC_MAX_MSG_BYTES + 1, -1, Integer.MIN_VALUE}) {
            expect(Errno.EINVAL, () -> run(0, EcFirmware.EC_CMD_HELLO, bad, 4));
            expect(Errno.EINVAL, () -> run(0, EcFirmware.EC_CMD_HELLO, 4, bad));
        }
    }

    @Test
    void dataThatTheCallerDoesNotHaveAreRefusedBeforeTheControllerIsAsked() throws ErrnoException {
        part(0, 4);
        expect(Errno.EFAULT, () -> run(0, EcFirmware.EC_CMD_FLASH_ERASE, EC_MAX_MSG_BYTES, 0));
        expect(Errno.EFAULT, () -> run(0, 0, EcFirmware.EC_CMD_FLASH_ERASE, 8, 0));
        assertEquals(4, run(0, EcFirmware.EC_CMD_HELLO, 4, 4), "a controller that is at work");
    }

    @Test
    void anAnswerThatHasNoRoomIsRefusedAndNothingOfItStored() throws ErrnoException {
        process.memory.putInt(DATA, 1);
        expect(Errno.EMSGSIZE, () -> run(0, EcFirmware.EC_CMD_HELLO, 4, 3));
        assertEquals(1, process.memory.getInt(DATA));
        assertEquals(4, run(0, EcFirmware.EC_CMD_HELLO, 4, 1000), "only what was received");
        assertEquals(0x01020305, process.memory.getInt(DATA));
        assertEquals(0, process.memory.getInt(DATA + 4), "stored beyond the answer");
        part(0, 2000);
        expect(Errno.EFAULT, () -> run(0, EcFirmware.EC_CMD_FLASH_READ, 8, 2000));
    }

    @Test
    void whatTheControllerRefusesIsItsResultAndNoError() throws ErrnoException {
        expectResult(EcFirmware.EC_RES_INVALID_COMMAND, 0, 0x3fff, 0);
        expectResult(EcFirmware.EC_RES_INVALID_VERSION, 1, EcFirmware.EC_CMD_HELLO, 4);
        expectResult(EcFirmware.EC_RES_INVALID_PARAM, 0, EcFirmware.EC_CMD_HELLO, 3);
        expectResult(EcFirmware.EC_RES_INVALID_PARAM, 0, EcFirmware.EC_CMD_FLASH_ERASE, 7);
        part(EcFirmware.FLASH_BYTES, 1);
        expectResult(EcFirmware.EC_RES_INVALID_PARAM, 0, EcFirmware.EC_CMD_FLASH_READ, 8);
        part(-1, -1);
        expectResult(EcFirmware.EC_RES_INVALID_PARAM, 0, EcFirmware.EC_CMD_FLASH_READ, 8);
        part(0, 8);
        expectResult(EcFirmware.EC_RES_INVALID_PARAM, 0, EcFirmware.EC_CMD_FLASH_WRITE, 15);
    }

    @Test
    void commandsOfOtherNumbersAreNotOfThisDevice() {
        int readMemory = IoctlCommand.iowr(0xEC, 1, 264); // CROS_EC_DEV_IOCRDMEM
        ByteBuffer memory = ByteBuffer.allocateDirect(264);
        expect(Errno.ENOTTY, () -> gate.front().ioctl(file, readMemory, 0, memory, process));
        expect(Errno.ENOTTY, () -> gate.front().ioctl(file, 0x5401, 0, data, process)); // TCGETS
    }

    @Test
    void aControllerAtWorkKeepsThoseWaitingThatCannotSleep() throws ErrnoException {
        part(0, EcFirmware.FLASH_BYTES);
        expect(Errno.EAGAIN, () -> run(0, EcFirmware.EC_CMD_FLASH_ERASE, 8, 0));
        expect(Errno.EAGAIN, () -> run(0, EcFirmware.EC_CMD_HELLO, 4, 4));
        expect(Errno.EAGAIN, () -> read(file, 64));
        firmware.finishErase();
        assertEquals(4, run(0, EcFirmware.EC_CMD_HELLO, 4, 4));
        assertEquals(37, read(file, 64), "the version");
        assertEquals(0, read(file, 64), "its end");
    }

    @Test
    void eventsThatAreNotReadFillOneQueueOnly() throws ErrnoException {
        OpenFile slow = open();
        listen(file, 1L << 31 | 1);
        listen(slow, -1);
        expect(Errno.EAGAIN, () -> read(file, 5));
        for (int i = 0; i < UNREAD_EVENTS + 2; i++) {
            firmware.happen(31, i, 1, 2, 3);
            assertEquals(READABLE, gate.front().poll(file, process, null));
            assertEquals(3, read(file, 3), "of an event whose rest is lost");
            assertEquals(31, data.get(0));
            assertEquals((byte) i, data.get(1));
            assertEquals(0, gate.front().poll(file, process, null));
        }
        firmware.happen(4, 0);
        assertEquals(0, gate.front().poll(file, process, null), "an event that was not asked for");
        for (int i = 0; i < UNREAD_EVENTS; i++) {
            assertEquals(5, read(slow, 64));
            assertEquals((byte) i, data.get(1), "in the order in which they happened");
        }
        expect(Errno.EAGAIN, () -> read(slow, 64));
    }

    @Test
    void aControllerThatIsUnboundIsNotUsedAnyMore() throws ErrnoException {
        listen(file, -1);
        part(0, 1);
        expect(Errno.EAGAIN, () -> run(0, EcFirmware.EC_CMD_FLASH_ERASE, 8, 0));
        assertTrue(device.unbind());
        firmware.happen(0, 1);
        firmware.finishErase();
        expect(Errno.ENODEV, () -> run(0, EcFirmware.EC_CMD_HELLO, 4, 4));
        expect(Errno.ENODEV, () -> read(file, 64));
        assertEquals(0, firmware.lateUses(), "the port was used after it was released");
        String long32 = "x".repeat(32);
        assertThrows(IllegalArgumentException.class, () -> new EcFirmware(long32));
    }
}

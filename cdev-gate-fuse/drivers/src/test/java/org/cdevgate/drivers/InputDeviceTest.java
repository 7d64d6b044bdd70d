package org.cdevgate.drivers;

import static org.cdevgate.drivers.InputDevice.EVENT_BYTES;
import static org.cdevgate.drivers.InputDevice.EV_ABS;
import static org.cdevgate.drivers.InputDevice.EV_KEY;
import static org.cdevgate.drivers.InputDevice.EV_MSC;
import static org.cdevgate.drivers.InputDevice.EV_REL;
import static org.cdevgate.drivers.InputDevice.EV_SW;
import static org.cdevgate.drivers.InputDevice.EV_SYN;
import static org.cdevgate.drivers.Refused.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InputDeviceTest {
    private static final int KEY_A = 30;
    private static final int KEY_B = 48;
    private static final int SYN_DROPPED = 3;
    private static final int WRITABLE = PollEvents.POLLOUT | PollEvents.POLLWRNORM;
    private static final int READABLE = WRITABLE | PollEvents.POLLIN | PollEvents.POLLRDNORM;

    // 64 events for each reader, as it has nothing that moves.
    private final InputDevice keyboard =
            new InputDevice("keys", 3, 1, 2, 0xFFFF).with(EV_KEY, KEY_A, KEY_B).with(EV_SW, 0);
    private final FopsGate gate = FopsGate.of("event0", keyboard);
    private final ByteBuffer data = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
    private OpenFile file;

    private record Event(int type, int code, int value) {}

    private static final Event REPORT = new Event(EV_SYN, 0, 0);

    @BeforeEach
    void open() throws ErrnoException {
        file = openAnother();
    }

    private OpenFile openAnother() throws ErrnoException {
        return gate.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, Caller.local());
    }

    private List<Event> read(OpenFile from, int bytes) throws ErrnoException {
        data.clear().limit(bytes);
        int count = gate.front().read(from, data, 0, Caller.local());
        List<Event> events = new ArrayList<>();
        for (int at = 0; at < count; at += EVENT_BYTES) {
            events.add(
                    new Event(
                            data.getShort(at + 16), data.getShort(at + 18), data.getInt(at + 20)));
        }
        return events;
    }

    private List<Event> read() throws ErrnoException {
        return read(file, data.capacity());
    }

    private int ioctl(OpenFile of, int command) throws ErrnoException {
        data.clear().limit(IoctlCommand.size(command));
        return gate.front().ioctl(of, command, 0, data, Caller.local());
    }

    private int get(int number, int size) throws ErrnoException {
        return ioctl(file, IoctlCommand.ior('E', number, size));
    }

    private void press(int key) {
        keyboard.report(EV_KEY, key, 1);
        keyboard.sync();
        keyboard.report(EV_KEY, key, 0);
        keyboard.sync();
    }

    private static Event key(int key, int value) {
        return new Event(EV_KEY, key, value);
    }

    @Test
    void eventsAreReadWhenTheirPacketIsWhole() throws ErrnoException {
        keyboard.report(EV_KEY, KEY_A, 1);
        keyboard.report(EV_KEY, KEY_B, 1);
        assertEquals(WRITABLE, gate.front().poll(file, Caller.local(), null));
        expect(Errno.EAGAIN, this::read);
        keyboard.sync();
        assertEquals(READABLE, gate.front().poll(file, Caller.local(), null));
        assertEquals(List.of(key(KEY_A, 1), key(KEY_B, 1), REPORT), read());
        long seconds = data.getLong(0);
        long micros = data.getLong(8);
        assertTrue(micros >= 0 && micros < 1_000_000, micros + " microseconds");
        assertEquals(seconds, data.getLong(2 * EVENT_BYTES), "one time for the packet");
        assertEquals(micros, data.getLong(2 * EVENT_BYTES + 8), "one time for the packet");
        expect(Errno.EAGAIN, this::read);
    }

    @Test
    void aReadGivesAsManyWholeEventsAsFit() throws ErrnoException {
        press(KEY_A);
        assertEquals(List.of(key(KEY_A, 1)), read(file, 2 * EVENT_BYTES - 1));
        assertEquals(List.of(REPORT, key(KEY_A, 0)), read(file, 2 * EVENT_BYTES));
        expect(Errno.EINVAL, () -> read(file, EVENT_BYTES - 1));
        assertEquals(List.of(), read(file, 0));
        assertEquals(List.of(REPORT), read());
    }

    @Test
    void whatChangesNothingIsNoEvent() throws ErrnoException {
        keyboard.report(EV_KEY, KEY_A, 0);
        keyboard.sync();
        keyboard.report(EV_KEY, KEY_A, 1);
        keyboard.report(EV_KEY, KEY_A, 1);
        keyboard.report(EV_KEY, KEY_A, 2);
        keyboard.report(EV_SW, 0, 1);
        keyboard.report(EV_SW, 0, 1);
        keyboard.sync();
        keyboard.sync();
        assertEquals(List.of(key(KEY_A, 1), key(KEY_A, 2), new Event(EV_SW, 0, 1), REPORT), read());
    }

    @Test
    void aQueueThatOverrunsGivesWayToSynDroppedAndTheNewestEvent() throws ErrnoException {
        OpenFile fast = openAnother();
        for (int i = 0; i < 15; i++) {
            press(KEY_A);
            assertEquals(4, read(fast, data.capacity()).size());
        }
        keyboard.report(EV_KEY, KEY_A, 1);
        keyboard.report(EV_KEY, KEY_B, 1);
        keyboard.sync();
        assertEquals(READABLE, gate.front().poll(file, Caller.local(), null));
        keyboard.report(EV_KEY, KEY_A, 0); // the 64th
        assertEquals(WRITABLE, gate.front().poll(file, Caller.local(), null));
        expect(Errno.EAGAIN, this::read);
        keyboard.sync();
        press(KEY_B);
        assertEquals(
                List.of(
                        new Event(EV_SYN, SYN_DROPPED, 0),
                        key(KEY_A, 0),
                        REPORT,
                        key(KEY_B, 0),
                        REPORT),
                read());
        assertEquals(
                List.of(
                        key(KEY_A, 1),
                        key(KEY_B, 1),
                        REPORT,
                        key(KEY_A, 0),
                        REPORT,
                        key(KEY_B, 0),
                        REPORT),
                read(fast, data.capacity()));
    }

    @Test
    void theStateTakesTheEventsThatLedToItOutOfTheQueue() throws ErrnoException {
        keyboard.report(EV_KEY, KEY_A, 1);
        keyboard.report(EV_SW, 0, 1);
        keyboard.sync();
        keyboard.report(EV_KEY, KEY_B, 1);
        keyboard.sync();
        keyboard.report(EV_KEY, KEY_B, 2);
        assertEquals(96, get(0x18, 767), "EVIOCGKEY");
        assertEquals(96, data.limit(), "bytes that go back to a caller with room for 96");
        assertEquals(1L << KEY_A | 1L << KEY_B, data.getLong(0));
        keyboard.sync();
        assertEquals(List.of(new Event(EV_SW, 0, 1), REPORT), read());
        assertEquals(8, get(0x1B, 8), "EVIOCGSW");
        assertEquals(1, data.getLong(0));
    }

    @Test
    void keysThatAreHeldAreReleasedBeforeTheDeviceGoes() throws ErrnoException {
        keyboard.report(EV_KEY, KEY_A, 1);
        keyboard.report(EV_KEY, KEY_B, 1);
        keyboard.sync();
        read();
        keyboard.releaseKeys();
        assertEquals(List.of(key(KEY_A, 0), key(KEY_B, 0), REPORT), read());
        press(KEY_A);
        gate.unregisterSync();
        expect(Errno.ENODEV, this::read);
        press(KEY_A); // the hardware does not know, and harms nobody
    }

    @Test
    void theDeviceTellsWhatItIs() throws ErrnoException {
        assertEquals(5, get(0x06, 256), "EVIOCGNAME");
        assertEquals("keys\0", text(data.limit()));
        assertEquals(2, get(0x06, 2));
        assertEquals("ke", text(data.limit()));
        assertEquals(0, get(0x02, 8), "EVIOCGID");
        assertEquals(List.of(3, 1, 2, -1), List.of(half(0), half(2), half(4), half(6)));
        assertEquals(8, get(0x20, 31), "EVIOCGBIT(0)");
        assertEquals(1 << EV_SYN | 1 << EV_KEY | 1 << EV_SW, data.getLong(0));
        assertEquals(4, get(0x20, 4));
        assertEquals(8, get(0x31, 767), "EVIOCGBIT(EV_LED)");
        assertEquals(0, data.getLong(0));
        expect(Errno.ENOENT, () -> get(0x07, 64)); // EVIOCGPHYS
        expect(Errno.EINVAL, () -> get(0x40, 24)); // EVIOCGABS of a device without axes
        expect(Errno.EINVAL, () -> get(0x34, 8)); // EVIOCGBIT(EV_REP)
        expect(Errno.EINVAL, () -> ioctl(file, 0x5401)); // TCGETS
        expect(Errno.EINVAL, () -> ioctl(file, IoctlCommand.iow('E', 0x90, 4))); // EVIOCGRAB
    }

    private int half(int at) {
        return data.getShort(at);
    }

    private String text(int bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes; i++) {
            text.append((char) data.get(i));
        }
        return text.toString();
    }

    @Test
    void anAxisTellsWhereItStands() throws ErrnoException {
        InputDevice stick =
                new InputDevice("stick", 3, 1, 1, 1)
                        .withAxis(0, 0, 255)
                        .with(EV_REL, 8)
                        .with(EV_MSC, 4);
        FopsGate other = FopsGate.of("event1", stick);
        OpenFile opened =
                other.front().open(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, Caller.local());
        stick.report(EV_ABS, 0, 127);
        stick.report(EV_ABS, 0, 200);
        stick.report(EV_REL, 8, 0);
        stick.report(EV_REL, 8, -1);
        stick.report(EV_MSC, 4, 7);
        stick.sync();
        data.clear().limit(24);
        int getAxis = IoctlCommand.ior('E', 0x40, 24);
        assertEquals(0, other.front().ioctl(opened, getAxis, 0, data, Caller.local()));
        assertEquals(List.of(200, 0, 255), List.of(data.getInt(0), data.getInt(4), data.getInt(8)));
        data.clear();
        assertEquals(4 * EVENT_BYTES, other.front().read(opened, data, 0, Caller.local()));
        assertEquals(200, data.getInt(20), "the axis; that it stands at 127 was known");
    }

    @Test
    void whatTheDeviceHasNotIsRefused() {
        InputDevice device = new InputDevice("keys", 3, 1, 1, 1);
        for (int[] wrong : new int[][] {{EV_KEY, 0x300}, {EV_KEY, -1}, {EV_SYN, 0}, {6, 0}}) {
            assertThrows(IllegalArgumentException.class, () -> device.with(wrong[0], wrong[1]));
            assertThrows(
                    IllegalArgumentException.class, () -> device.report(wrong[0], wrong[1], 1));
        }
        assertThrows(IllegalArgumentException.class, () -> device.withAxis(0, 1, 0));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> device.report(EV_KEY, KEY_A, 1));
        assertTrue(refusal.getMessage().contains("code 30"), refusal.getMessage());
    }
}

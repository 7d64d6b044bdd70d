package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.UserMemoryDriver;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.IoctlClient;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Reply;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver uses the memory of the thread whose ioctl it runs, and of no other. */
@Timeout(60)
class CallerMemoryIT {
    private static final int PAGE = 4096; // or more; nothing below needs it to be exact

    private final UserMemoryDriver driver = new UserMemoryDriver();

    private TestMount mount;
    private FopsGate gate;
    private IoctlClient client;
    private int fd;

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @BeforeEach
    void open() throws Exception {
        mount = TestMount.create(builder -> builder.callerMemory(true));
        gate = mount.register("bus", driver);
        client = IoctlClient.start();
        fd = client.open(mount.path("bus"), OpenFlags.O_RDWR);
    }

    @AfterEach
    void close() throws Exception {
        driver.letGo();
        Closing.all(client, mount);
    }

    private static byte[] range(long address, long length) {
        return UserMemoryDriver.range(address, length);
    }

    private static byte[] pattern(int length) {
        return UserMemoryDriver.pattern(length);
    }

    /** Up to many pieces of what the server copies at a time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 65535, 65536, 65537, 200_000})
    void copiesAreWholeWhateverTheirSizeAndBuffer(int length) throws Exception {
        long address = client.map(pattern(length));
        for (int command : new int[] {UserMemoryDriver.COPY_IN, UserMemoryDriver.COPY_IN_DIRECT}) {
            client.ioctl(fd, command, range(address, length)).expect(length);
            assertArrayEquals(pattern(length), driver.copied(), "what the driver got");
        }
        for (int command :
                new int[] {UserMemoryDriver.COPY_OUT, UserMemoryDriver.COPY_OUT_DIRECT}) {
            client.poke(address, new byte[length]);
            client.ioctl(fd, command, range(address, length)).expect(length);
            assertArrayEquals(pattern(length), client.peek(address, length), "what it gave");
        }
    }

    @Test
    void copyOfNothingSucceedsAnywhere() throws Exception {
        client.ioctl(fd, UserMemoryDriver.COPY_IN, range(0, 0)).expect(0);
        client.ioctl(fd, UserMemoryDriver.COPY_OUT, range(-1, 0)).expect(0);
    }

    @Test
    void badAddressIsEfault() throws Exception {
        long[] bad = {0, 8, PAGE, 1L << 46, 1L << 60, -PAGE, -8, -1, Long.MIN_VALUE};
        for (long address : bad) {
            client.ioctl(fd, UserMemoryDriver.COPY_IN, range(address, 8)).expect(Errno.EFAULT);
            client.ioctl(fd, UserMemoryDriver.COPY_OUT, range(address, 8)).expect(Errno.EFAULT);
        }
        assertArrayEquals(new byte[0], driver.copied());
    }

    /** Also where the first pieces could be copied: process_vm_readv(2) would tell how much. */
    @ParameterizedTest
    @ValueSource(ints = {16, PAGE + 16, 2 * 65536 + 16})
    void rangeOverTheEndOfAMappingIsEfault(int length) throws Exception {
        long address = client.map(pattern(length));
        client.ioctl(fd, UserMemoryDriver.COPY_IN, range(address, length + 1)).expect(Errno.EFAULT);
        assertArrayEquals(new byte[0], driver.copied(), "a copy that is not whole");
        client.ioctl(fd, UserMemoryDriver.COPY_OUT, range(address, length + 1))
                .expect(Errno.EFAULT);
        client.ioctl(fd, UserMemoryDriver.COPY_IN, range(address, length)).expect(length);
    }

    @Test
    void readOnlyMemoryIsNotWritten() throws Exception {
        long address = client.map(pattern(64));
        client.protect(address);
        client.ioctl(fd, UserMemoryDriver.COPY_OUT, range(address, 64)).expect(Errno.EFAULT);
        client.ioctl(fd, UserMemoryDriver.COPY_IN, range(address, 64)).expect(64);
        assertArrayEquals(pattern(64), client.peek(address, 64));
    }

    /** fuse_in_header.pid is the thread's id, not the process's. */
    @Test
    void threadThatIsNotTheFirstIsServed() throws Exception {
        long address = client.map(64);
        Pending call = client.beginIoctl(fd, UserMemoryDriver.COPY_OUT, range(address, 64));
        call.await().expect(64);
        assertArrayEquals(pattern(64), client.peek(address, 64));
    }

    /** As i2ctransfer(8) does it: pointers in structs behind a pointer, and no size. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nestedPointersAreFollowed(boolean narrow) throws Exception {
        if (narrow) {
            IoctlClient.assume32Bit();
        }
        byte[] text = "..eeprom".getBytes(StandardCharsets.US_ASCII);
        text[0] = 16; // the cell to begin with
        transfer(narrow, message(narrow, 0x50, 0, 8, map(narrow, text))).expect(1);
        byte[] cell = {17}; // behind the second dot
        long answer = map(narrow, new byte[6]);
        transfer(
                        narrow,
                        message(narrow, 0x50, 0, 1, map(narrow, cell)),
                        message(narrow, 0x50, 1, 6, answer))
                .expect(2);
        assertArrayEquals("eeprom".getBytes(StandardCharsets.US_ASCII), client.peek(answer, 6));

        transfer(narrow, message(narrow, 0x50, 0, 1, 4096)).expect(Errno.EFAULT);
        transfer(narrow, message(narrow, 0x50, 1, 1, 4096)).expect(Errno.EFAULT);
        transfer(narrow, message(narrow, 0x50, 1, 0xffff, answer)).expect(Errno.EINVAL);
        client.ioctl(fd, UserMemoryDriver.I2C_RDWR, 4096).expect(Errno.EFAULT);
    }

    private long map(boolean narrow, byte[] contents) throws Exception {
        long address = narrow ? client.map32(contents.length) : client.map(contents.length);
        client.poke(address, contents);
        return address;
    }

    /** struct i2c_msg. */
    private static byte[] message(boolean narrow, int to, int flags, int length, long address) {
        ByteBuffer message =
                ByteBuffer.allocate(narrow ? 12 : 16)
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) to)
                        .putShort((short) flags)
                        .putShort((short) length)
                        .putShort((short) 0);
        return (narrow ? message.putInt((int) address) : message.putLong(address)).array();
    }

    private Reply transfer(boolean narrow, byte[]... messages) throws Exception {
        ByteBuffer all = ByteBuffer.allocate(messages.length * messages[0].length);
        for (byte[] message : messages) {
            all.put(message);
        }
        long list = map(narrow, all.array());
        ByteBuffer head = ByteBuffer.allocate(narrow ? 8 : 16).order(ByteOrder.nativeOrder());
        if (narrow) {
            head.putInt((int) list).putInt(messages.length);
            long address = map(true, head.array());
            return client.ioctl32(fd, UserMemoryDriver.I2C_RDWR, address);
        }
        head.putLong(list).putInt(messages.length);
        return client.ioctl(fd, UserMemoryDriver.I2C_RDWR, map(false, head.array()));
    }

    @Test
    void commandWithAWrongSizeCanBeServed() throws Exception {
        long address = client.map(32);
        client.ioctl(fd, UserMemoryDriver.WRONG_SIZE, address).expect(0);
        assertArrayEquals(pattern(32), client.peek(address, 32));
    }

    /** A run again is a run for the same thread, which still waits. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void callThatSleptCopiesAfterwards(boolean parked) throws Exception {
        int command =
                parked ? UserMemoryDriver.PARKED_COPY_OUT : UserMemoryDriver.THREADLESS_COPY_OUT;
        long address = client.map(100_000);
        Pending call = client.beginIoctl(fd, command, range(address, 100_000));
        TestMount.awaitAsleep(gate, Verb.IOCTL, 1);
        driver.letGo();
        call.await().expect(100_000);
        assertArrayEquals(pattern(100_000), client.peek(address, 100_000));
    }

    @Test
    void callThatRunsAtTheRemovalCopiesToItsEnd() throws Exception {
        long address = client.map(64);
        Pending call = client.beginIoctl(fd, UserMemoryDriver.DEAF_COPY_OUT, range(address, 64));
        awaitInDriver();
        gate.beginRemoval();
        driver.letGo();
        call.await().expect(64);
        assertArrayEquals(pattern(64), client.peek(address, 64));
        mount.remove(gate);
    }

    /** The page comes from this very server, which must not wait for itself. */
    @Test
    void memoryMayBeAMappingOfADeviceOfTheSameMount() throws Exception {
        String content = "0123456789abcdef".repeat(64 * PAGE / 16);
        DiskDriver disk = new DiskDriver(content, true);
        FopsGate diskGate = mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
        int diskFd = client.open(mount.path("disk"), OpenFlags.O_RDWR);
        long address = client.mapFile(diskFd, content.length());
        client.ioctl(fd, UserMemoryDriver.COPY_IN, range(address + 5, 100_000)).expect(100_000);
        assertEquals(
                content.substring(5, 100_005),
                new String(driver.copied(), StandardCharsets.US_ASCII));
        client.ioctl(fd, UserMemoryDriver.COPY_OUT, range(address, 16)).expect(16);
        assertArrayEquals(pattern(16), client.peek(address, 16));
        mount.remove(diskGate);
        Within.limit(
                "the pages are gone",
                () ->
                        client.ioctl(fd, UserMemoryDriver.COPY_IN, range(address, 8)).errno()
                                == Errno.EFAULT.number());
    }

    private void awaitInDriver() {
        Within.limit(
                "the call is in the driver",
                () -> gate.callsInFlight().stream().anyMatch(call -> call.verb() == Verb.IOCTL));
    }

    /** Its thread id may be another's by now. */
    @Test
    void memoryOfAKilledCallerIsNotTouchedAnyMore() throws Exception {
        long address = client.map(64);
        client.beginIoctl(fd, UserMemoryDriver.DEAF_COPY_OUT, range(address, 64));
        awaitInDriver();
        client.kill();
        driver.letGo();
        Within.limit("the driver has tried", driver::isDone);
        assertAnswered();
    }

    @Test
    void callerThatIsKilledInTheMiddleOfCopiesGoes() throws Exception {
        long address = client.map(1 << 20);
        client.beginIoctl(fd, UserMemoryDriver.ENDLESS_COPY_OUT, range(address, 1 << 20));
        Within.limit("copies run", () -> driver.rounds() > 3);
        client.kill();
        Within.limit("the driver is told", driver::isDone, () -> driver.rounds() + " rounds");
        assertAnswered();
        TestMount.awaitNoCalls(gate);
    }

    private void assertAnswered() {
        ErrnoException failure = assertInstanceOf(ErrnoException.class, driver.failure());
        assertEquals(Errno.ESRCH.number(), failure.errno());
        assertTrue(failure.getMessage().contains("answered"), failure.getMessage());
    }

    /** The caller lives and uses that memory for something else. */
    @Test
    void memoryIsNotWrittenOnceTheConnectionWasAborted() throws Exception {
        TestMount.requireAbort();
        long address = client.map(64);
        Pending call = client.beginIoctl(fd, UserMemoryDriver.DEAF_COPY_OUT, range(address, 64));
        awaitInDriver();
        mount.abort();
        call.await().expect(Errno.ECONNABORTED);
        driver.letGo();
        Within.limit("the driver has tried", driver::isDone);
        assertArrayEquals(new byte[64], client.peek(address, 64), "written after the call");
        assertAnswered();
    }

    @Test
    void memoryIsNotWrittenOnceTheMountWasClosed() throws Exception {
        UserMemoryDriver deaf = new UserMemoryDriver();
        try (TestMount other =
                TestMount.create(
                        builder ->
                                builder.callerMemory(true).closeTimeout(Duration.ofMillis(100)))) {
            FopsGate second = other.register("bus", deaf);
            int there = client.open(other.path("bus"), OpenFlags.O_RDWR);
            long address = client.map(64);
            Pending call =
                    client.beginIoctl(there, UserMemoryDriver.DEAF_COPY_OUT, range(address, 64));
            Within.limit("the call is in the driver", () -> !second.callsInFlight().isEmpty());
            try {
                other.unmount();
                call.await().expect(Errno.ECONNABORTED);
            } finally {
                deaf.letGo();
            }
            Within.limit("the driver has tried", deaf::isDone);
            assertArrayEquals(new byte[64], client.peek(address, 64), "written after the call");
            assertInstanceOf(ErrnoException.class, deaf.failure());
            second.unregisterSync();
        }
    }

    @Test
    void verbsWithoutAnAddressHaveNoAccess() throws Exception {
        client.read(fd).expect(Errno.EIO);
        assertInstanceOf(UnsupportedOperationException.class, driver.failure());
    }

    @Test
    void accessIsOffUnlessSwitchedOn() throws Exception {
        UserMemoryDriver locked = new UserMemoryDriver();
        try (TestMount other = TestMount.create()) {
            other.register("bus", locked);
            int there = client.open(other.path("bus"), OpenFlags.O_RDWR);
            long address = client.map(pattern(64));
            client.ioctl(there, UserMemoryDriver.COPY_IN, range(address, 64)).expect(Errno.EIO);
            client.ioctl(there, UserMemoryDriver.COPY_OUT, range(address, 64)).expect(Errno.EIO);
            byte[] all = range(address, 64);
            client.ioctl(there, UserMemoryDriver.ENDLESS_COPY_OUT, all).expect(Errno.EIO);
            String remedy = locked.failure().getMessage();
            assertTrue(remedy.contains("callerMemory(true)"), remedy);
            assertArrayEquals(new byte[0], locked.copied());
            client.close(there).expect(0);
        }
    }
}

package org.cdevgate.fuse;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.IoctlDriver;
import org.cdevgate.fuse.driver.IoctlDriver.Seen;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.IoctlClient;
import org.cdevgate.fuse.harness.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ioctl(2) commands of every shape, as C programs of 64 and of 32 bits make them. */
@Timeout(60)
class IoctlIT {
    private final IoctlDriver driver = new IoctlDriver();
    private final Random random = new Random(4);

    private TestMount mount;
    private IoctlClient client;
    private int fd;

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @BeforeEach
    void open() throws Exception {
        mount = TestMount.create();
        mount.register("device", driver);
        client = IoctlClient.start();
        fd = client.open(mount.path("device"), OpenFlags.O_RDWR);
    }

    @AfterEach
    void close() throws Exception {
        Closing.all(client, mount);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private Seen onlySeen() {
        List<Seen> seen = driver.takeSeen();
        assertEquals(1, seen.size(), "calls of the driver's ioctl");
        return seen.get(0);
    }

    private Reply call(boolean narrow, int command, byte[] data) throws Exception {
        return narrow ? client.ioctl32(fd, command, data) : client.ioctl(fd, command, data);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 255, 4096, 16383})
    void dataTravelAsTheCommandSays(int size) throws Exception {
        checkDirections(false, size);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 255, 4096, 16383})
    void dataOf32BitProgramsTravelAsTheCommandSays(int size) throws Exception {
        IoctlClient.assume32Bit();
        checkDirections(true, size);
    }

    private void checkDirections(boolean narrow, int size) throws Exception {
        for (int dir = IoctlCommand.NONE; dir <= IoctlCommand.READ + IoctlCommand.WRITE; dir++) {
            boolean in = (dir & IoctlCommand.WRITE) != 0;
            boolean out = (dir & IoctlCommand.READ) != 0;
            int command = IoctlCommand.encode(dir, IoctlDriver.CHANGE, 200 + dir, size);
            byte[] before = bytes(size);
            Reply reply = call(narrow, command, before).expect(200 + dir);
            Seen seen = onlySeen();
            String what = IoctlCommand.toString(command);
            assertEquals(command, seen.command(), what);
            assertEquals(narrow, seen.is32Bit(), what + " of a program of 32 bits");
            byte[] came = in ? before : new byte[out ? size : 0];
            assertEquals(hex(came), seen.data(), what + ": what the driver got");
            byte[] after = out ? IoctlDriver.changed(came) : before;
            assertArrayEquals(after, IoctlClient.bytes(reply), what + ": what the caller has");
        }
    }

    @Test
    void sizesBetweenTravelToo() throws Exception {
        for (int size = 2; size < IoctlCommand.MAX_SIZE; size = size * 3 + 1) {
            checkDirections(false, size);
        }
    }

    /** As EVIOCGBIT does: a program may ask for more than it has memory for. */
    @Test
    void onlyWhatTheDriverFilledGoesBack() throws Exception {
        for (int size : new int[] {8, 200, 16383}) {
            for (int filled : new int[] {0, 1, 8}) {
                int dir = IoctlCommand.READ | IoctlCommand.WRITE;
                int command = IoctlCommand.encode(dir, IoctlDriver.SHORTEN, filled, size);
                byte[] before = bytes(size);
                Reply reply = client.ioctl(fd, command, before).expect(size);
                byte[] after = before.clone();
                System.arraycopy(IoctlDriver.changed(before), 0, after, 0, filled);
                assertArrayEquals(after, IoctlClient.bytes(reply), "memory beyond the answer");
                onlySeen();
            }
        }
    }

    @Test
    void argumentWithoutSizeArrivesAsItIs() throws Exception {
        int command = IoctlCommand.io(IoctlDriver.RETURN, 9);
        for (int argument : new int[] {0, 1, 255, 123_456, Integer.MAX_VALUE}) {
            client.ioctl(fd, command, argument).expect(argument);
            assertEquals(argument, onlySeen().argument());
        }
        for (long argument : new long[] {-1, 1L << 40 | 0x8000_0000L, Long.MIN_VALUE}) {
            client.ioctl(fd, command, argument);
            Seen seen = onlySeen();
            assertEquals(argument, seen.argument(), "the argument as the driver sees it");
            assertEquals("", seen.data(), "bytes that nobody passed");
        }
    }

    @Test
    void argumentOfA32BitProgramIsNotSignExtended() throws Exception {
        IoctlClient.assume32Bit();
        int command = IoctlCommand.io(IoctlDriver.RETURN, 9);
        client.ioctl32(fd, command, 4711).expect(4711);
        assertTrue(onlySeen().is32Bit());
        client.ioctl32(fd, command, 0xfffffff0L).expect(Errno.EIO);
        assertEquals(0xfffffff0L, onlySeen().argument(), "a pointer above 2 GiB would be lost");
    }

    /** The kernel fetches before the server is asked, and stores afterwards. */
    @Test
    void badPointerIsEfault() throws Exception {
        client.ioctl(fd, IoctlCommand.iow(IoctlDriver.CHANGE, 1, 8), 4096).expect(Errno.EFAULT);
        client.ioctl(fd, IoctlCommand.iowr(IoctlDriver.CHANGE, 1, 8), 4096).expect(Errno.EFAULT);
        assertEquals(List.of(), driver.takeSeen(), "the driver was asked without data");
        client.ioctl(fd, IoctlCommand.ior(IoctlDriver.CHANGE, 1, 8), 4096).expect(Errno.EFAULT);
        onlySeen();
        // The argument's last byte is missing.
        long address = client.map(7);
        client.ioctl(fd, IoctlCommand.iowr(IoctlDriver.CHANGE, 1, 8), address).expect(Errno.EFAULT);
        assertEquals(List.of(), driver.takeSeen());
    }

    @Test
    void failingCommandLeavesTheCallersDataAlone() throws Exception {
        byte[] before = bytes(64);
        long address = client.map(before);
        for (Errno errno : List.of(Errno.EPERM, Errno.ENODEV, Errno.EINVAL, Errno.ERFKILL)) {
            int command = IoctlCommand.iowr(IoctlDriver.FAIL, errno.number(), 64);
            client.ioctl(fd, command, address).expect(errno);
            assertArrayEquals(before, client.peek(address, 64), "data of a failed command");
            assertEquals(hex(before), onlySeen().data());
        }
        // Would switch ioctl off for the whole mount.
        int command = IoctlCommand.iowr(IoctlDriver.FAIL, Errno.ENOSYS.number(), 64);
        client.ioctl(fd, command, address).expect(Errno.ENOTTY);
        client.ioctl(fd, command, address).expect(Errno.ENOTTY);
        assertEquals(2, driver.takeSeen().size());
    }

    @Test
    void unknownCommandIsEnottyAndTheDriversToAnswer() throws Exception {
        Map<String, Integer> commands =
                Map.ofEntries(
                        entry("TCGETS", 0x5401),
                        entry("TIOCGWINSZ", 0x5413),
                        entry("TIOCMGET", 0x5415),
                        entry("BLKGETSIZE64", 0x80081272),
                        entry("BLKSSZGET", 0x1268),
                        entry("I2C_RDWR", 0x0707),
                        entry("SG_IO", 0x2285),
                        entry("WDIOC_SETOPTIONS", 0x80045704),
                        entry("FITRIM", 0xc0185879),
                        entry("zero", 0),
                        entry("ones", 0xffffffff),
                        entry("of no subsystem", 0x80047a01));
        for (Map.Entry<String, Integer> each : commands.entrySet()) {
            int command = each.getValue();
            byte[] data = new byte[Math.max(64, IoctlCommand.size(command))];
            client.ioctl(fd, command, data).expect(Errno.ENOTTY);
            assertEquals(command, onlySeen().command(), each.getKey());
        }
    }

    /** Facts of the kernel that a driver cannot change; if one changes docs/fuse.md is wrong. */
    @Test
    void commandsThatTheKernelAnswersDoNotReachTheDriver() throws Exception {
        Map<String, Integer> commands =
                Map.of(
                        "FIONREAD", 0x541b,
                        "FIOQSIZE", 0x5460,
                        "FIBMAP", 1,
                        "FIGETBSZ", 2,
                        "FIFREEZE", 0xc0045877,
                        "FS_IOC_FIEMAP", 0xc020660b,
                        "FICLONE", 0x40049409,
                        "FIOASYNC", 0x5452,
                        "FS_IOC_RESVSP", 0x40305828);
        for (Map.Entry<String, Integer> each : commands.entrySet()) {
            client.ioctl(fd, each.getValue(), new byte[64]);
            assertEquals(List.of(), driver.takeSeen(), each.getKey());
        }
    }

    @Test
    void flagsOfDescriptorAndFileAreTheKernels() throws Exception {
        int fioclex = 0x5451;
        int fionclex = 0x5450;
        int fionbio = 0x5421;
        client.ioctl(fd, fioclex, 0).expect(0);
        client.descriptorFlags(fd).expect(1);
        client.ioctl(fd, fionclex, 0).expect(0);
        client.descriptorFlags(fd).expect(0);
        client.ioctl(fd, fionbio, new byte[] {1, 1, 1, 1}).expect(0);
        assertTrue((client.fileFlags(fd).success() & OpenFlags.O_NONBLOCK) != 0);
        client.ioctl(fd, fionbio, new byte[4]).expect(0);
        assertFalse((client.fileFlags(fd).success() & OpenFlags.O_NONBLOCK) != 0);
        assertEquals(List.of(), driver.takeSeen());
    }

    /** lsattr(1): the kernel opens the node itself for it. */
    @Test
    void attributeCommandsComeThroughAnOpenOfTheirOwn() throws Exception {
        int getFlags = 0x80086601;
        client.ioctl(fd, getFlags, new byte[8]).expect(Errno.ENOTTY);
        assertEquals(getFlags, onlySeen().command());
        assertEquals(2, driver.opens(), "opens, the kernel's included");
        client.close(fd).expect(0);
        TestMount.awaitReleased(driver);
    }

    @Test
    void folderHasNoCommands() throws Exception {
        int folder = client.open(mount.path(), OpenFlags.O_RDONLY);
        client.ioctl(folder, IoctlCommand.iowr(IoctlDriver.CHANGE, 1, 8), new byte[8])
                .expect(Errno.ENOTTY);
        assertEquals(List.of(), driver.takeSeen());
    }
}

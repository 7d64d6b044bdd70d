package org.cdevgate.fuse.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.MountOnce;
import org.cdevgate.fuse.channel.FuseChannel;
import org.cdevgate.fuse.channel.FuseChannel.Receiver;
import org.cdevgate.fuse.harness.JavaCommand;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.WaitingThreads;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.fuse.libc.Libc;
import org.cdevgate.fuse.libc.NativeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mounts of the real kernel, as root. Nobody answers requests here, so this JVM must never touch a
 * mount point while it is mounted: it only reads the mount table.
 */
@Timeout(60)
class KernelMountIT {
    private final List<KernelMount> mounts = new ArrayList<>();
    private Path folder;
    private Path point;

    @BeforeEach
    void needRootAndFuse() throws IOException {
        assumeTrue(Libc.CALLS.geteuid() == 0, "needs root");
        assertTrue(Files.exists(Path.of("/dev/fuse")), "/dev/fuse is missing: modprobe fuse");
        folder = Files.createTempDirectory("cdev-gate-it-").toRealPath();
        point = Files.createDirectory(folder.resolve("a mount"));
    }

    @AfterEach
    void leaveNothingMounted() throws IOException {
        for (KernelMount mount : mounts) {
            mount.detach();
            mount.channel().close();
        }
        if (folder != null) {
            while (top().isPresent()) {
                Unmount.detachAsRoot(point);
            }
            Files.delete(point);
            Files.delete(folder);
        }
    }

    private KernelMount mount() throws IOException {
        KernelMount mount = KernelMount.mount(new MountOptions(point, "it", false), () -> {});
        mounts.add(mount);
        return mount;
    }

    private Optional<MountEntry> top() throws IOException {
        return MountTable.read().topAt(point);
    }

    @Test
    void aMountStandsInTheTableUntilItIsDetached() throws IOException {
        KernelMount mount = mount();
        assertEquals(point, mount.mountPoint());
        assertTrue(top().orElseThrow().isOurType());
        assertTrue(top().orElseThrow().options().contains("default_permissions"));

        mount.detach();
        assertTrue(top().isEmpty());
        mount.detach();
    }

    @Test
    void theFirstRequestIsInitAndStopWakesTheReaderThatWaitsForTheNext() throws Exception {
        KernelMount mount = mount();
        Receiver receiver = mount.channel().newReceiver(NativeBuffer.allocate(1 << 20));
        CountDownLatch initialized = new CountDownLatch(1);
        FutureTask<Integer> task =
                new FutureTask<>(
                        () -> {
                            assertTrue(receiver.receive() >= 56);
                            initialized.countDown();
                            return receiver.receive();
                        });
        new Thread(task, "receiver").start();
        Within.limit(
                "it waits for the next",
                () ->
                        initialized.getCount() == 0
                                && WaitingThreads.waitingOn(Path.of("/dev/fuse")) == 1);

        assertTimeoutPreemptively(Duration.ofSeconds(5), mount.channel()::stop);
        assertEquals(FuseChannel.CLOSED, task.get(5, TimeUnit.SECONDS));
        assertEquals(26, receiver.buffer().bytes().getInt(4), "FUSE_INIT");
    }

    @Test
    void unmountingEndsTheChannel() throws Exception {
        KernelMount mount = mount();
        Receiver receiver = mount.channel().newReceiver(NativeBuffer.allocate(1 << 20));
        assertTrue(receiver.receive() > 0);
        mount.detach();
        assertEquals(FuseChannel.CLOSED, receiver.receive());

        // A reply to INIT: struct fuse_out_header with the request's unique.
        long unique = receiver.buffer().bytes().getLong(8);
        NativeBuffer reply = NativeBuffer.allocate(16);
        reply.bytes().putInt(0, 16).putInt(4, 0).putLong(8, unique);
        assertEquals(Libc.ENOENT, mount.channel().send(reply, 0, 16));
    }

    /** The kernel gives id and device number of an unmounted filesystem to the next one. */
    @Test
    void detachSparesALaterMountAtTheSamePath() throws Exception {
        KernelMount first = mount();
        Unmount.detachAsRoot(point);
        first.channel().close();
        mount();
        assumeTrue(MountId.at(point.toString()) != MountId.UNKNOWN, "needs Linux 6.8");

        first.detach();
        assertTrue(top().isPresent(), "somebody else's mount was removed");
    }

    @Test
    void uniqueIdsTellMountsApartWithoutAskingTheFilesystem() throws IOException {
        mount();
        long first = assertTimeoutPreemptively(Duration.ofSeconds(5), this::idOfPoint);
        assumeTrue(first != MountId.UNKNOWN, "needs Linux 6.8");
        Unmount.detachAsRoot(point);
        mount();
        assertNotEquals(first, idOfPoint());
    }

    private long idOfPoint() {
        return MountId.at(point.toString());
    }

    @Test
    void detachRefusesWhileSomethingElseIsMountedOverIt() throws Exception {
        KernelMount lower = mount();
        assertEquals(
                0,
                Libc.CALLS.mount(
                        Libc.cString("cover"),
                        Libc.cString(point.toString()),
                        Libc.cString("tmpfs"),
                        0,
                        Libc.cString("size=4096")));
        IOException failure = assertThrows(IOException.class, lower::detach);
        assertTrue(failure.getMessage().contains(point.toString()), failure.getMessage());
        assertEquals("tmpfs", top().orElseThrow().type());

        Unmount.detachAsRoot(point);
        lower.detach();
        assertTrue(top().isEmpty());
    }

    @Test
    void aMountWhoseServerIsGoneIsReplaced() throws Exception {
        KernelMount dead = mount();
        dead.channel().close();
        mount();
        assertTrue(top().isPresent());
        mounts.get(1).detach();
        assertTrue(top().isEmpty(), "the stale mount is still below");
    }

    @Test
    void aMountThatDoesNotAnswerIsLeftAloneAndExplained() throws Exception {
        mount();
        IOException failure = assertThrows(IOException.class, this::mount);
        assertTrue(failure.getMessage().contains("umount -f -l -- " + point), failure.getMessage());
        assertTrue(top().isPresent());
    }

    @Test
    void theMountPointIsFoundThroughSymbolicLinks() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a mount"));
        try {
            KernelMount mount = KernelMount.mount(new MountOptions(link, "it", true), () -> {});
            mounts.add(mount);
            assertEquals(point, mount.mountPoint());
            assertTrue(top().orElseThrow().options().contains("allow_other"));
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void unfitMountPointsAreRefusedWithTheRemedy() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        try {
            assertRefused(file, "not a directory");
            assertRefused(folder.resolve("missing"), "mkdir");
            assertRefused(folder.resolve("missing/deeper"), "mkdir -p");
            assertRefused(Path.of("/"), "root directory");
        } finally {
            Files.delete(file);
        }
    }

    private static void assertRefused(Path path, String remedy) {
        IOException failure =
                assertThrows(
                        IOException.class,
                        () -> KernelMount.mount(new MountOptions(path, "it", false), () -> {}));
        assertTrue(failure.getMessage().contains(remedy), failure.getMessage());
    }

    /** As the kernel: {@code ..} after a link is above what the link leads to. */
    @Test
    void dotsAfterALinkAreThoseOfItsTarget() throws IOException {
        Path far = Files.createDirectories(point.resolve("far/away"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), far);
        Path decoy = Files.createDirectory(folder.resolve("near"));
        try {
            assertEquals(far.getParent(), mountedOn(link.resolve("..")));
            assertEquals(far, mountedOn(link.resolve(".")));
            assertEquals(far, mountedOn(link.resolve("../away/./")));
            assertEquals(folder.resolve("near"), mountedOn(point.resolve("../near")));
            assertRefused(folder.resolve("missing/../near"), "mkdir -p");
        } finally {
            Files.delete(decoy);
            Files.delete(link);
            Files.delete(far);
            Files.delete(far.getParent());
        }
    }

    private Path mountedOn(Path path) throws IOException {
        KernelMount mount = KernelMount.mount(new MountOptions(path, "it", false), () -> {});
        mounts.add(mount);
        assertTrue(MountTable.read().isMountPoint(mount.mountPoint()), "it stands elsewhere");
        mount.detach();
        return mount.mountPoint();
    }

    /** A byte that means nothing reads as U+FFFD, and a folder of that name may stand beside. */
    @Test
    void nameThatIsNoTextIsRefusedAndItsLookAlikeLeftAlone() throws IOException {
        Path real = Path.of(URI.create(folder.toUri() + "x%FF"));
        Path lookAlike = Path.of(URI.create(folder.toUri() + "x%EF%BF%BD"));
        Files.createDirectory(real);
        Files.createDirectory(lookAlike);
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        try {
            assertRefused(real, "LC_ALL=C.UTF-8");
            assertRefused(link, "LC_ALL=C.UTF-8");
            assertRefused(real.resolve("below"), "LC_ALL=C.UTF-8");
        } finally {
            Files.delete(link);
            Files.delete(real);
            Files.delete(lookAlike);
        }
    }

    /** Without stat(1), whose words are those of the C library, or any other program. */
    @Test
    void staleMountIsRecognisedByTheErrorNumber() throws Exception {
        mount().channel().close();
        List<String> command = JavaCommand.of(MountOnce.class, point.toString());
        List<String> line = new ArrayList<>(List.of("PATH=/nowhere \"$@\""));
        line.addAll(command);
        String script = line.remove(0);
        assertEquals(
                "mounted on " + point,
                Shell.run(script, line.toArray(String[]::new)).expect(0).strip());
    }
}

package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.DiskDriver;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.driver.SlowPages;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.InotifyClient;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Neither a client nor a driver that does not go on holds up a look-up of anybody else. */
@Timeout(120)
class NamesIT {
    private TestMount mount;
    private TestMount slowMount;
    private SlowPages slow;
    private ClientProcess attacker;

    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @BeforeEach
    void mount() throws Exception {
        attacker = ClientProcess.start();
        mount = TestMount.create(builder -> builder.inotify(true));
        mount.register("other", new FifoDriver(Sleep.THREADLESS));
    }

    @AfterEach
    void unmount() throws Exception {
        if (slow != null) {
            slow.arrive();
        }
        Closing.all(attacker, slowMount, mount);
    }

    /** What everybody does with names, those that lock the directory for themselves included. */
    private void expectNamesAnswered() throws Exception {
        String all =
                "cd \"$1\" && ls -l >/dev/null && test -e other && ! test -e absent"
                        + " && ! mkdir other && ! mkdir new && ! ln other new && ! rm -f other"
                        + " && ! echo abc >absent && echo abc >other && stat other && ls -l";
        Shell.run(all, mount.path()).expect(0);
    }

    /** Memory of the attacker whose page does not come. */
    private long slowMemory() throws Exception {
        slow = new SlowPages();
        slowMount = TestMount.create();
        FopsGate gate = FopsGate.builder("slow", slow).mappable(() -> SlowPages.SIZE).build();
        slowMount.register(gate, DeviceNode.named("slow"), slow);
        return attacker.map(attacker.open(slowMount.path("slow"), OpenFlags.O_RDWR), 4096);
    }

    @Test
    void aWriteFromSlowMemoryHoldsNoNamesUpWhenItsNodeGoes() throws Exception {
        DiskDriver disk = new DiskDriver("0123456789abcdef", false);
        FopsGate gate = mount.register(disk.gate("disk"), DeviceNode.named("disk"), disk);
        int fd = attacker.open(mount.path("disk"), OpenFlags.O_RDWR);
        try (InotifyClient watcher = new InotifyClient()) {
            String root = watcher.watch(mount.path());
            String onDisk = watcher.watch(mount.path("disk"));
            Pending write = attacker.beginWriteFrom(fd, slowMemory(), 16).awaitLocked();
            mount.remove(gate);
            watcher.await(root, "DELETE disk");
            expectNamesAnswered();
            assertFalse(write.isDone(), "the page has not come");
            slow.arrive();
            write.await().expect(Errno.ENODEV);
            attacker.close(fd).expect(0);
            watcher.await(onDisk, "DELETE_SELF");
        }
    }

    @Test
    void aSizeThatDoesNotComeHoldsNoNamesUp() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asking = new AtomicInteger();
        DiskDriver disk = new DiskDriver("", false);
        FopsGate gate =
                FopsGate.builder("disk", disk)
                        .seekable(
                                () -> {
                                    asking.incrementAndGet();
                                    boolean interrupted = false;
                                    while (answer.getCount() > 0) {
                                        try {
                                            answer.await();
                                        } catch (InterruptedException e) {
                                            interrupted = true; // deaf, but not rude
                                        }
                                    }
                                    if (interrupted) {
                                        Thread.currentThread().interrupt();
                                    }
                                    asking.decrementAndGet();
                                    return 16;
                                })
                        .build();
        mount.register(gate, DeviceNode.named("disk"), disk);
        try {
            String disks =
                    "cd \"$1\" && test \"$(stat -c %s disk)\" = 0 && ! mkdir disk && ! ln disk new"
                            + " && ! rm -f disk && : <disk && cat disk";
            for (int i = 0; i < 3; i++) {
                expectNamesAnswered();
                Shell.run(disks, mount.path()).expect(0);
            }
            assertTrue(asking.get() > 0, "nobody asked for the size");
            assertTrue(asking.get() < 8, "each question costs a thread: " + asking.get());
            gate.beginRemoval();
            assertFalse(gate.awaitRemoval(Duration.ofMillis(20)).isRemoved(), "size() still runs");
            expectNamesAnswered();
        } finally {
            answer.countDown();
        }
        mount.remove(gate);
        assertEquals(0, asking.get(), "size() runs in a driver that is removed");
    }

    private static long sizeAfter(CountDownLatch answer) {
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 16;
    }

    @Test
    void aSizeThatCameLateIsShownAfterwards() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        DiskDriver disk = new DiskDriver("0123456789abcdef", false);
        FopsGate gate = FopsGate.builder("disk", disk).seekable(() -> sizeAfter(answer)).build();
        mount.register(gate, DeviceNode.named("disk"), disk);
        String size = "stat -c %s \"$1\"";
        assertEquals("0", Shell.run(size, mount.path("disk")).expect(0).strip());
        answer.countDown();
        Within.limit(
                "the size is shown",
                () -> Shell.run(size, mount.path("disk")).expect(0).strip().equals("16"));
    }

    /**
     * Of answers to what was asked at the same time the kernel takes the first and drops the rest;
     * so what a look-up tells must be no less than what an open is about to hear.
     */
    @Test
    void whoLooksANameUpMakesNoDeviceEmptyForWhoOpensIt() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asking = new AtomicInteger();
        AtomicBoolean registered = new AtomicBoolean();
        DiskDriver disk = new DiskDriver("0123456789abcdef", true);
        FopsGate gate =
                FopsGate.builder("disk", disk)
                        .seekable(
                                () -> {
                                    if (!registered.get()) {
                                        return 16;
                                    }
                                    asking.incrementAndGet();
                                    return sizeAfter(answer);
                                })
                        .build();
        mount.register(gate, DeviceNode.named("disk"), disk);
        registered.set(true);
        try {
            Pending open = attacker.beginOpen(mount.path("disk"), OpenFlags.O_RDWR);
            Within.limit("the size is asked for", () -> asking.get() > 0);
            Shell.run("mkdir \"$1\"", mount.path("disk")).expectFailure("exists");
            answer.countDown();
            int fd = open.await().success();
            attacker.beginLoad(attacker.map(fd, 16)).await().expect('0');
        } finally {
            answer.countDown();
        }
    }

    /** The kernel compares the size that a look-up tells with its own, and waits for pages. */
    @Test
    void aPageThatDoesNotComeHoldsNoNamesUp() throws Exception {
        slow = new SlowPages();
        FopsGate gate = FopsGate.builder("disk", slow).seekable(() -> SlowPages.SIZE).build();
        mount.register(gate, DeviceNode.named("disk"), slow);
        int fd = attacker.open(mount.path("disk"), OpenFlags.O_RDWR | OpenFlags.O_TRUNC);
        attacker.pwrite(fd, "x".repeat(4096), 0).expect(4096); // now the kernel's size
        Pending touch = attacker.beginLoad(attacker.map(fd, 4096));
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        Shell.run("mkdir \"$1\"", mount.path("disk")).expectFailure("exists");
        expectNamesAnswered();
        assertFalse(touch.isDone(), "the page has not come");
        slow.arrive();
        touch.await().expect(0);
        TestMount.awaitNoCalls(gate);
        attacker.stat(mount.path("disk")).expect(SlowPages.SIZE);
    }

    /** The client is gone, but its page is still asked for, and the kernel waits for that. */
    @Test
    void aPageOfAKilledClientHoldsNoNamesUp() throws Exception {
        slow = new SlowPages();
        FopsGate gate = FopsGate.builder("cam", slow).mappable(() -> SlowPages.SIZE).build();
        mount.register(gate, DeviceNode.named("cam"), slow);
        int fd = attacker.open(mount.path("cam"), OpenFlags.O_RDWR);
        attacker.beginLoad(attacker.map(fd, 4096));
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        attacker.kill();
        Shell.run("mkdir \"$1\"", mount.path("cam")).expectFailure("exists");
        Shell.run("echo x > \"$1\"", mount.path("cam")).expect(0);
        expectNamesAnswered();
    }
}

package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.fuse.driver.CountingDriver;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** A driver that does not listen holds up nobody but itself. */
class StubbornDriverIT extends MountBase {
    private static boolean isMonitorAsleep() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("-monitor"))
                .allMatch(StubbornDriverIT::isParkedForGood);
    }

    /** Between two looks it is parked too, but for a time. */
    private static boolean isParkedForGood(Thread monitor) {
        return LockSupport.getBlocker(monitor) instanceof Runnable
                && monitor.getState() == Thread.State.WAITING;
    }

    /** The kernel's one interrupt has to wake the thread that looks after deaf drivers. */
    @Test
    void killedProcessGoesAlsoOnAMountThatWasQuietForLong() throws Exception {
        DeafDriver driver = new DeafDriver();
        FopsGate gate = mount.register("deaf", driver);
        try (Shell cat = Shell.exec("cat", mount.path("deaf"))) {
            Within.limit("the read waits", () -> driver.waiting() == 1);
            Within.limit("the monitor sleeps", StubbornDriverIT::isMonitorAsleep);
            cat.signal("KILL");
            Within.limit("cat ends", () -> !cat.isAlive());
        } finally {
            driver.answer();
        }
        TestMount.awaitReleased(driver);
        remove(gate);
    }

    /** The process is gone, its call is still in the driver: what it uses must not be freed. */
    @Test
    void releaseWaitsForACallWhoseProcessHasDied() throws Exception {
        DeafDriver driver = new DeafDriver();
        FopsGate gate = mount.register("deaf", driver);
        try (Shell cat = Shell.exec("cat", mount.path("deaf"))) {
            Within.limit("the read waits", () -> driver.waiting() == 1);
            cat.signal("KILL");
            Within.limit("cat ends", () -> !cat.isAlive());
            // RELEASE comes after the last descriptor; the file leaves the table with it.
            TestMount.awaitOpenFiles(mount.mount(), 0);
            assertEquals(1, driver.waiting(), "the read has not ended");
            assertEquals(0, driver.releases(), "released under a running read");
        } finally {
            driver.answer();
        }
        TestMount.awaitReleased(driver);
        remove(gate);
    }

    /** The interrupt was for the call; a release that sleeps must not take it for its own. */
    @Test
    void releaseAfterADeafCallIsNotInterrupted() throws Exception {
        CountDownLatch inRead = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        inRead.countDown();
                        boolean seen = false;
                        while (goOn.getCount() > 0) {
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                seen = true;
                            }
                        }
                        if (seen) {
                            Thread.currentThread().interrupt(); // as a well-bred library does
                        }
                        return 0;
                    }

                    @Override
                    public void release(OpenFile file, Call call) {
                        interrupted.set(Thread.currentThread().isInterrupted());
                        super.release(file, call);
                    }
                };
        FopsGate gate = mount.register("deaf", driver);
        try (Shell cat = Shell.exec("cat", mount.path("deaf"))) {
            Within.limit("the read runs", () -> inRead.getCount() == 0);
            cat.signal("KILL");
            Within.limit("cat ends", () -> !cat.isAlive());
            TestMount.awaitOpenFiles(mount.mount(), 0);
        } finally {
            goOn.countDown();
        }
        TestMount.awaitReleased(driver);
        assertEquals(false, interrupted.get(), "release would have been cut short");
        remove(gate);
    }

    /** The end of a sleeping open runs the driver's destructor, which may take its time. */
    @Test
    void slowDestructorOfAnInterruptedOpenStopsNobody() throws Exception {
        CountDownLatch inDestructor = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        WaitQueue never = new WaitQueue("never");
        CountingDriver driver =
                new CountingDriver() {
                    @Override
                    public int open(OpenFile file, Call call) {
                        if (file.privateData(String.class) == null) {
                            file.setPrivateData(
                                    "kept",
                                    unused -> {
                                        inDestructor.countDown();
                                        awaitQuietly(goOn);
                                    });
                        }
                        return call.wouldBlock(never);
                    }
                };
        FopsGate gate = mount.register("slow", driver);
        try (Shell cat = Shell.exec("cat", mount.path("slow"))) {
            TestMount.awaitAsleep(gate, Verb.OPEN, 1);
            cat.signal("KILL");
            Within.limit("cat ends", () -> !cat.isAlive());
            Within.limit("the destructor runs", () -> inDestructor.getCount() == 0);
            assertTrue(lists("slow"), "ls while the destructor runs");
        } finally {
            goOn.countDown();
        }
        remove(gate);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.DeafDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/** The kernel sends one interrupt for each call; a process that is killed after it dies too. */
class KilledLaterIT extends MountBase {
    @Test
    void signalThatTheProcessHandlesDoesNotShieldItFromALaterKill() throws Exception {
        DeafDriver driver = new DeafDriver();
        FopsGate gate = mount.register("deaf", driver);
        try (ClientProcess victim = ClientProcess.start()) {
            Pending read = victim.beginRead(victim.open(mount.path("deaf"), OpenFlags.O_RDWR), 1);
            Within.limit("the read waits", () -> driver.waiting() == 1);
            victim.interrupt(read);
            Within.limit("the driver ignores it", () -> driver.interrupts() == 1);
            assertFalse(read.isDone(), "a living process lost its call");
            victim.kill(); // fails if the process does not end
            TestMount.awaitOpenFiles(mount.mount(), 0);
            assertEquals(1, driver.waiting(), "the driver has not noticed");
            assertEquals(0, driver.releases(), "released under a running read");
        } finally {
            driver.answer();
        }
        TestMount.awaitReleased(driver);
        remove(gate);
    }
}

package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.Test;

/** Other code of the JVM interrupts every thread, as a container that stops an application does. */
class InterruptedIT extends MountBase {
    private static final int TIMES = 100;

    private static void interruptAll() {
        for (Thread each : TestMount.threads()) {
            if (each.getName().startsWith("fuse-") || each.getName().startsWith("cdev-gate")) {
                each.interrupt();
            }
        }
    }

    @Test
    void interruptsOfAllThreadsCostNoPollerItsWakeUp() throws Exception {
        FifoDriver driver = new FifoDriver(Sleep.THREADLESS);
        FopsGate gate = mount.register("fifo", driver);
        int fd = open(gate);
        Pending poll = client.beginPoll(fd, PollEvents.POLLIN).awaitPolling();
        Pending read = client.beginRead(open(gate), 1);
        for (int i = 0; i < TIMES; i++) {
            interruptAll();
            client.ioctl(fd, FifoDriver.ECHO, "").expect(8);
        }
        driver.feed("x");
        assertEquals("x", read.await().text());
        interruptAll();
        client.close(fd).expect(0);

        int second = open(gate);
        Pending gone = client.beginPoll(second, PollEvents.POLLIN).awaitPolling();
        interruptAll();
        mount.remove(gate);
        assertEquals(GONE, gone.await().success() & GONE);
        poll.await().success();
    }
}

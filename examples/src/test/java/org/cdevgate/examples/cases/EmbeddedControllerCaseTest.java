package org.cdevgate.examples.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.device.Device;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.revocable.Revocable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A misc device as cros_ec_chardev: a command by ioctl, events by read and poll, unbound while all
 * three are used.
 */
@Timeout(60)
class EmbeddedControllerCaseTest {
    private static final int COMMAND = IoctlCommand.iowr(0xEC, 0, 20);

    private final TestMachine machine = new TestMachine();
    private final CountDownLatch inTransfer = new CountDownLatch(1);
    private final CountDownLatch transferEnds = new CountDownLatch(1);

    /** The controller behind its bus. */
    private final class Controller {
        final AtomicBoolean freed = new AtomicBoolean();

        int transfer() throws InterruptedException {
            inTransfer.countDown();
            transferEnds.await();
            machine.events.add(freed.get() ? "USE AFTER FREE" : "command done");
            return 0;
        }
    }

    private static final class Chardev implements FileOperations {
        final WaitQueue event = new WaitQueue("event");
        final Device device;
        final Revocable<Controller> controller;

        Chardev(Device device, Revocable<Controller> controller) {
            this.device = device;
            this.controller = controller;
        }

        @Override
        public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
                throws InterruptedException {
            return controller.access(device.bound(call)).transfer();
        }

        @Override
        public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
            return call.wouldBlock(event);
        }

        @Override
        public int poll(OpenFile file, Call call) {
            call.pollWait(event);
            return 0;
        }
    }

    /**
     * Without the library: misc_deregister() returns while a command runs and descriptors are open,
     * the parent frees the controller, and the command, and every later read or poll of an old
     * descriptor, uses freed memory.
     */
    @Test
    void unboundWhileACommandRunsAReaderSleepsAndAPollerWaits() throws Exception {
        Device device =
                machine.plug(
                        "cros_ec",
                        bound -> {
                            Revocable<Controller> controller =
                                    Revocable.managed(
                                            "controller",
                                            bound,
                                            new Controller(),
                                            gone -> {
                                                gone.freed.set(true);
                                                machine.events.add("freed");
                                            });
                            machine.misc.register(
                                    bound,
                                    "cros_ec",
                                    0600,
                                    new Chardev(bound.device(), controller));
                        });
        OpenFile file = machine.open("cros_ec");
        CountDownLatch pollerTold = new CountDownLatch(1);
        PollWatcher poller =
                new PollWatcher() {
                    @Override
                    protected void wakeUp() {
                        pollerTold.countDown();
                    }
                };
        assertEquals(0, file.gate().front().poll(file, Caller.local(), poller));
        FutureTask<Integer> reader = TestMachine.begin(() -> TestMachine.read(file));
        TestMachine.untilAsleep(file.gate(), Verb.READ, 1);
        FutureTask<Integer> command = TestMachine.begin(() -> TestMachine.ioctl(file, COMMAND));
        inTransfer.await();

        FutureTask<Boolean> unbind = TestMachine.begin(device::unbind);
        assertEquals(
                Errno.ENODEV.number(), TestMachine.errnoOf(reader), "the sleeper was not woken");
        pollerTold.await();
        assertEquals(
                PollEvents.POLLERR | PollEvents.POLLHUP,
                file.gate().front().poll(file, Caller.local(), null));
        assertFalse(unbind.isDone(), "unbound under a command");
        transferEnds.countDown();
        assertEquals(0, TestMachine.join(command), "a command that was begun ends");
        assertTrue(TestMachine.join(unbind));
        assertEquals(List.of("command done", "remove cros_ec", "freed"), machine.events);
        TestMachine.expectGone(file);
    }
}

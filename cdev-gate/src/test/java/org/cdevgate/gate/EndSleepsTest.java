package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Supplier.Sleep;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link FopsGate#endSleeps()}: calls are admitted, and may not sleep. */
class EndSleepsTest {
    private final Supplier supplier;

    EndSleepsTest() throws ErrnoException {
        supplier = new Supplier();
    }

    private static Background<Integer> read(FopsGate gate) throws ErrnoException {
        OpenFile file = Answers.open(gate);
        return Background.start(() -> Answers.read(file));
    }

    @ParameterizedTest
    @EnumSource(Sleep.class)
    void sleepsEndNowAndLater(Sleep how) throws Exception {
        FopsGate gate = Reading.gate("worker", (file, call) -> supplier.transfer(how));
        Background<Integer> reader = read(gate);
        supplier.awaitAsleep(1);
        gate.endSleeps();
        assertErrno(Errno.ENODEV, reader.failure(), "it sleeps on");
        OpenFile file = Answers.open(gate);
        assertErrno(Errno.ENODEV, Background.start(() -> Answers.read(file)).failure(), "it slept");
        supplier.finish();
        assertEquals(Supplier.DONE, Answers.read(file), "what need not sleep is admitted");
        assertFalse(gate.isRemoving());
        assertTrue(gate.unregisterSync());
    }

    @Test
    void theSleepOnAQueueOfTheDevicesOwnEndsToo() throws Exception {
        WaitQueue queue = new WaitQueue("data");
        FopsGate gate =
                Reading.gate(
                        "worker",
                        (file, call) -> {
                            call.await(queue, () -> false);
                            return 1;
                        });
        Background<Integer> reader = read(gate);
        Eventually.asleep(queue, 1);
        gate.endSleeps();
        assertErrno(Errno.ENODEV, reader.failure(), "it sleeps on");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void callbacksRunOnce() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch asleep = new CountDownLatch(1);
        Checkpoint woken = new Checkpoint();
        int[] ran = {0};
        FopsGate gate =
                Reading.gate(
                        "worker",
                        (file, call) -> {
                            call.onCancel(
                                    () -> {
                                        ran[0]++;
                                        closed.countDown();
                                    });
                            asleep.countDown();
                            closed.await();
                            woken.pass();
                            call.onCancel(() -> ran[0]++);
                            return ran[0];
                        });
        Background<Integer> reader = read(gate);
        asleep.await();
        gate.endSleeps();
        woken.awaitReached();
        gate.beginRemoval();
        woken.letGo();
        assertEquals(2, reader.result());
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aChangeOfTheDiagnosticLevelDoesNotUndoIt() throws Exception {
        FopsGate gate = Reading.gate("worker", (file, call) -> supplier.transfer(Sleep.PARKED));
        gate.endSleeps();
        for (DiagnosticLevel level : DiagnosticLevel.values()) {
            gate.diagnostics(level);
            assertEquals(level, gate.diagnostics());
            assertErrno(Errno.ENODEV, read(gate).failure(), "it slept");
        }
        assertTrue(gate.unregisterSync());
        assertTrue(gate.isRemoving());
    }
}

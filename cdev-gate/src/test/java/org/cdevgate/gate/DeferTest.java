package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.removal.SelfRemoval;
import org.junit.jupiter.api.Test;

/** A call that removes its own device with {@link SelfRemoval#DEFER}. */
class DeferTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private FopsGate gate;

    private GateBuilder builder(FileOperations driver) {
        return FopsGate.builder("self", driver).onTeardown(() -> events.add("teardown"));
    }

    private void make(FileOperations driver) {
        gate = builder(driver).build();
    }

    private void make(Reading driver) {
        gate = builder(driver).build();
    }

    private void defer() {
        assertFalse(gate.unregisterSync(SelfRemoval.DEFER), "it did not wait, or says so");
        assertTrue(gate.isRemoving(), "new calls still come in");
        assertFalse(gate.isRemoved(), "torn down under its own call");
        events.add("deferred");
    }

    private void assertRemovedAfterwards(String... expected) throws Exception {
        Eventually.until("the deferred removal to finish", gate::isRemoved);
        assertEquals(List.of(expected), events);
        assertFalse(gate.unregisterSync());
    }

    @Test
    void theRemovalIsFinishedWhenTheCallHasEnded() throws Exception {
        WaitQueue queue = new WaitQueue("never");
        Checkpoint deferred = new Checkpoint();
        make(
                new FileOperations() {
                    @Override
                    public int fsync(OpenFile file, boolean dataOnly, Call call)
                            throws ErrnoException {
                        call.await(queue, () -> false);
                        return 0;
                    }

                    @Override
                    public int flush(OpenFile file, Call call) {
                        defer();
                        deferred.pass();
                        events.add("rest of the call");
                        return 0;
                    }
                });
        OpenFile file = Answers.open(gate);
        Background<Integer> sleeper =
                Background.start(() -> gate.front().fsync(file, false, Answers.LOCAL));
        Eventually.asleep(queue, 1);
        Background<Integer> caller =
                Background.start(() -> gate.front().flush(file, Answers.LOCAL));
        deferred.awaitReached();
        Answers.assertErrno(
                Errno.ENODEV, sleeper.failure(), "sleepers wait for the deferring call");
        assertEquals(List.of("deferred"), events);
        deferred.letGo();
        assertEquals(0, caller.result());
        assertRemovedAfterwards("deferred", "rest of the call", "teardown");
    }

    @Test
    void itWorksThroughACallOfAnotherGate() throws Exception {
        FopsGate other = Reading.gate("other", (file, call) -> deferAndReturn(7));
        OpenFile otherFile = Answers.open(other);
        make((file, call) -> Answers.read(otherFile));
        OpenFile file = Answers.open(gate);
        assertEquals(7, Background.start(() -> Answers.read(file)).result());
        assertRemovedAfterwards("deferred", "teardown");
        assertTrue(other.unregisterSync());
    }

    private int deferAndReturn(int result) {
        defer();
        return result;
    }

    @Test
    void itWorksInTheReleaseOfAClose() throws Exception {
        make((Releasing) (file, call) -> defer());
        OpenFile file = Answers.open(gate);
        gate.front().close(file);
        assertRemovedAfterwards("deferred", "teardown");
    }

    @Test
    void itWorksInAHoldWhichTheRemovalWaitsFor() throws Exception {
        make(new FileOperations() {});
        Hold hold = gate.hold("timer");
        hold.run(this::defer);
        assertEquals(1, gate.report().culprits().size());
        assertFalse(gate.isRemoved(), "torn down under the hold");
        hold.release();
        assertRemovedAfterwards("deferred", "teardown");
    }

    @Test
    void itIsNoMoreThanFalseInTheRemovalsOwnCallbacks() throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        gate =
                builder(
                                (Reading)
                                        (file, call) -> {
                                            call.onCancel(
                                                    () -> {
                                                        defer();
                                                        cancelled.countDown();
                                                    });
                                            registered.countDown();
                                            cancelled.await();
                                            return 0;
                                        })
                        .wakeHook(this::defer)
                        .onTeardown(this::defer)
                        .build();
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.until("the callback to be registered", () -> registered.getCount() == 0);
        Background.start(gate::unregisterSync).result(); // or a deferred one did it
        assertTrue(gate.isRemoved());
        assertEquals(0, reader.result());
        assertTrue(Collections.frequency(events, "deferred") >= 3, events::toString);
        assertEquals(1, Collections.frequency(events, "teardown"));
    }
}

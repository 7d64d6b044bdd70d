package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** A call that removes its own device with {@link SelfRemoval#LEAVE_OUT}. */
class LeaveOutTest {
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

    private void leaveOut() {
        events.add(gate.unregisterSync(SelfRemoval.LEAVE_OUT) ? "removed here" : "removed");
        events.add(gate.isRemoved() ? "is removed" : "came back too early");
    }

    private void assertRefused(String where) {
        SelfRemovalException refused =
                assertThrows(
                        SelfRemovalException.class,
                        () -> gate.unregisterSync(SelfRemoval.LEAVE_OUT),
                        "the removal would wait for " + where);
        events.add("refused");
        assertTrue(
                refused.getMessage().contains(where)
                        && refused.getMessage().contains("cannot be left out"),
                () -> "\"" + refused.getMessage() + "\" does not name " + where);
    }

    @Test
    void theDeviceIsRemovedNowAndTheCallGoesOn() throws Exception {
        make(
                (file, call) -> {
                    leaveOut();
                    assertTrue(call.isRemoving());
                    events.add("rest of the call");
                    return 3;
                });
        OpenFile file = Answers.open(gate);
        Background<Integer> reader = Background.start(() -> Answers.read(file));
        assertEquals(3, reader.result(), "the call lost its result");
        assertEquals(List.of("teardown", "removed here", "is removed", "rest of the call"), events);
        assertEquals(List.of(), gate.callsInFlight());
        Answers.assertErrno(Errno.ENODEV, () -> Answers.read(file), "still alive");
        assertFalse(gate.unregisterSync());
    }

    @Test
    void theThreadsLaterCallsAreCountedAgain() throws Exception {
        make((file, call) -> 0);
        FopsGate next = FopsGate.of("next", new FileOperations() {});
        Background<Boolean> remover =
                Background.start(
                        () -> {
                            long ticket = gate.enter();
                            leaveOut();
                            gate.exit(ticket);
                            long counted = next.enter();
                            next.beginRemoval();
                            boolean isIn = next.report().culprits().size() == 1;
                            next.exit(counted);
                            return isIn;
                        });
        assertTrue(remover.result(), "a device is freed under a call");
        assertTrue(next.awaitRemoval());
    }

    @Test
    void itWorksThroughACallOfAnotherGate() throws Exception {
        FopsGate other = Reading.gate("other", (file, call) -> leaveOutAndReturn(7));
        OpenFile otherFile = Answers.open(other);
        make((file, call) -> Answers.read(otherFile));
        Background<Integer> reader = Answers.startReading(gate);
        assertEquals(7, reader.result());
        assertEquals(List.of("teardown", "removed here", "is removed"), events);
        assertTrue(other.unregisterSync());
    }

    private int leaveOutAndReturn(int result) {
        leaveOut();
        return result;
    }

    @Test
    void allCallsOfTheThreadAreLeftOutHoweverDeepTheyAre() throws Exception {
        make(new FileOperations() {});
        Background<Boolean> deep =
                Background.start(
                        () -> {
                            long[] tickets = new long[2_100];
                            for (int i = 0; i < tickets.length; i++) {
                                tickets[i] = gate.enter();
                            }
                            leaveOut();
                            for (int i = tickets.length - 1; i >= 0; i--) {
                                gate.exit(tickets[i]);
                            }
                            return gate.isRemoved();
                        });
        assertTrue(deep.result());
        assertEquals(List.of("teardown", "removed here", "is removed"), events);
    }

    @Test
    void theCallsOfOtherThreadsAreWaitedFor() throws Exception {
        Checkpoint inside = new Checkpoint();
        make((file, call) -> leaveOutAndReturn(0));
        Background<Void> other =
                Background.start(
                        () -> {
                            long ticket = gate.enter();
                            inside.pass();
                            events.add("the other leaves");
                            gate.exit(ticket);
                            return null;
                        });
        inside.awaitReached();
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.until("the removal to begin", gate::isRemoving);
        reader.awaitDraining();
        assertEquals(List.of(), events, "torn down under the other call");
        inside.letGo();
        other.result();
        assertEquals(0, reader.result());
        assertEquals(List.of("the other leaves", "teardown", "removed here", "is removed"), events);
    }

    @Test
    void twoCallsThatRemoveFromInsideDoNotWaitForEachOther() throws Exception {
        for (int round = 0; round < 50; round++) {
            events.clear();
            CyclicBarrier bothInside = new CyclicBarrier(2);
            make(
                    (file, call) -> {
                        meet(bothInside);
                        return leaveOutAndReturn(0);
                    });
            OpenFile file = Answers.open(gate);
            Background<Integer> first = Background.start(() -> Answers.read(file));
            Background<Integer> second = Background.start(() -> Answers.read(file));
            assertEquals(0, first.result());
            assertEquals(0, second.result());
            assertEquals(1, Collections.frequency(events, "teardown"), "freed twice, or never");
            assertEquals(1, Collections.frequency(events, "removed here"));
            assertEquals(2, Collections.frequency(events, "is removed"));
        }
    }

    static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(Eventually.SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the other thread never came", e);
        }
    }

    @Test
    void aRemoverOutsideDoesNotWaitForACallThatLeftItselfOut() throws Exception {
        Checkpoint rest = new Checkpoint();
        make(
                (file, call) -> {
                    leaveOut();
                    rest.pass();
                    return 0;
                });
        Background<Integer> reader = Answers.startReading(gate);
        rest.awaitReached();
        assertFalse(Background.start(gate::unregisterSync).result());
        rest.letGo();
        assertEquals(0, reader.result());
    }

    @Test
    void itWorksInTheReleaseOfAClose() throws Exception {
        make(
                (Releasing)
                        (file, call) -> {
                            events.add("release");
                            leaveOut();
                        });
        OpenFile file = Answers.open(gate);
        file.setPrivateData("data", data -> events.add("destructor"));
        Background<Boolean> closer =
                Background.start(
                        () -> {
                            gate.front().close(file);
                            return file.isReleased();
                        });
        assertTrue(closer.result());
        assertEquals(
                List.of("release", "teardown", "removed here", "is removed", "destructor"), events);
    }

    @Test
    void itIsRefusedInTheRemoversRelease() throws Exception {
        make((Releasing) (file, call) -> assertRefused("callbacks"));
        Answers.open(gate);
        assertTrue(Background.start(gate::unregisterSync).result());
        assertEquals(List.of("refused", "teardown"), events);
    }

    @Test
    void itIsRefusedInATeardown() throws Exception {
        gate =
                builder(new FileOperations() {})
                        .onTeardown(() -> assertRefused("callbacks"))
                        .build();
        assertTrue(Background.start(gate::unregisterSync).result());
        assertEquals(List.of("refused", "teardown"), events);
    }

    @Test
    void itIsRefusedInAListener() throws Exception {
        make(new FileOperations() {});
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                assertRefused("callbacks");
                            }

                            @Override
                            public void onDrained() {
                                assertRefused("callbacks");
                            }
                        });
        assertTrue(Background.start(gate::unregisterSync).result());
        assertEquals(List.of("refused", "refused", "teardown"), events);
    }

    @Test
    void itIsRefusedInTheWakeHook() throws Exception {
        gate = builder(new FileOperations() {}).wakeHook(() -> assertRefused("wake hook")).build();
        assertTrue(Background.start(gate::unregisterSync).result());
        assertEquals(List.of("refused", "teardown"), events);
    }

    @Test
    void itIsRefusedInAHold() throws Exception {
        make(new FileOperations() {});
        try (Hold hold = gate.hold("timer")) {
            hold.run(() -> assertRefused("hold"));
        }
        assertFalse(gate.isRemoving(), "the refused removal flagged the device all the same");
        assertTrue(gate.unregisterSync());
    }

    @Test
    void itIsRefusedInACancellationCallback() throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        make(
                (file, call) -> {
                    call.onCancel(
                            () -> {
                                assertRefused("cancel");
                                cancelled.countDown();
                            });
                    registered.countDown();
                    cancelled.await();
                    return 0;
                });
        Background<Integer> reader = Answers.startReading(gate);
        Eventually.until("the callback to be registered", () -> registered.getCount() == 0);
        assertTrue(Background.start(gate::unregisterSync).result());
        assertEquals(0, reader.result());
        assertEquals(List.of("refused", "teardown"), events);
    }

    /**
     * Its thread is the call's own, so it is the removal's thread that the callback runs beside.
     */
    @Test
    void theTeardownWaitsForTheCancellationCallbackOfACallLeftOut() throws Exception {
        Checkpoint inCallback = new Checkpoint();
        make(
                (file, call) -> {
                    call.onCancel(
                            () -> {
                                inCallback.pass();
                                events.add("callback");
                            });
                    return leaveOutAndReturn(0);
                });
        Background<Integer> reader = Answers.startReading(gate);
        inCallback.awaitReached();
        reader.awaitDraining();
        assertEquals(List.of(), events, "the device was freed under the driver's callback");
        inCallback.letGo();
        assertEquals(0, reader.result());
        assertEquals(List.of("callback", "teardown", "removed here", "is removed"), events);
    }

    @Test
    void aChildsCallMayRemoveTheParent() throws Exception {
        FopsGate parent = FopsGate.of("parent", new FileOperations() {});
        gate =
                builder(
                                (Reading)
                                        (file, call) -> {
                                            assertThrows(
                                                    SelfRemovalException.class,
                                                    parent::unregisterSync,
                                                    "it would wait for this call of the child");
                                            assertFalse(parent.isRemoving());
                                            assertTrue(
                                                    parent.unregisterSync(SelfRemoval.LEAVE_OUT));
                                            events.add("rest of the call");
                                            return 0;
                                        })
                        .parent(parent)
                        .build();
        Background<Integer> reader = Answers.startReading(gate);
        assertEquals(0, reader.result());
        assertTrue(parent.isRemoved());
        assertEquals(List.of("teardown", "rest of the call"), events);
    }

    @Test
    void anOpenThatRemovesItsDeviceLeavesNoOpenFile() throws Exception {
        make(
                (Opening)
                        (file, call) -> {
                            leaveOut();
                            return 0;
                        });
        Background<OpenFile> opener = Background.start(() -> Answers.open(gate));
        Answers.assertErrno(
                Errno.ENODEV, opener.failure(), "an open file that no release will ever follow");
        assertEquals(List.of(), List.copyOf(gate.openFiles()));
    }

    @Test
    void itIsRefusedInADestructorThatTheRemovalWaitsFor() throws Exception {
        Checkpoint inDestructor = new Checkpoint();
        gate = builder(new FileOperations() {}).lateRelease().build();
        OpenFile file = Answers.open(gate);
        file.setPrivateData(
                "data",
                data -> {
                    inDestructor.pass();
                    assertRefused("destructor");
                });
        gate.beginRemoval();
        Background<Void> closer =
                Background.start(
                        () -> {
                            gate.front().close(file);
                            return null;
                        });
        inDestructor.awaitReached();
        Background<Boolean> remover = Background.start(gate::awaitRemoval);
        remover.awaitWaitingFor(file);
        inDestructor.letGo();
        closer.result();
        assertTrue(remover.result());
        assertEquals(List.of("refused", "teardown"), events);
    }

    @Test
    void whatIsRefusedInsideIsDoneOutside() throws ErrnoException {
        make(new FileOperations() {});
        long ticket = gate.enter();
        assertThrows(SelfRemovalException.class, () -> gate.unregisterSync(SelfRemoval.REFUSE));
        assertFalse(gate.isRemoving());
        gate.exit(ticket);
        for (SelfRemoval choice : SelfRemoval.values()) {
            FopsGate fresh = FopsGate.of("fresh", new FileOperations() {});
            assertTrue(fresh.unregisterSync(choice), () -> choice + " outside of any call");
            assertFalse(fresh.unregisterSync(choice), () -> choice + " twice");
        }
        assertTrue(gate.unregisterSync());
    }
}

package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Release at the last close, even after the removal; the destructor before the teardown. */
class LateReleaseTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private Runnable inRelease = () -> {};

    private final FopsGate gate =
            FopsGate.builder(
                            "late",
                            (Releasing)
                                    (file, call) -> {
                                        inRelease.run();
                                        events.add("release of " + file.privateData(String.class));
                                    })
                    .lateRelease()
                    .onTeardown(() -> events.add("teardown"))
                    .build();

    private OpenFile open() throws Exception {
        OpenFile file = Answers.open(gate);
        file.setPrivateData("data", data -> events.add("destructor of " + data));
        return file;
    }

    private Background<Boolean> closer(OpenFile file) {
        return Background.start(
                () -> {
                    gate.front().close(file);
                    return file.isReleased();
                });
    }

    @Test
    void removedThenClosed() throws Exception {
        OpenFile file = open();
        assertTrue(gate.unregisterSync());
        assertEquals(List.of("destructor of data", "teardown"), events);
        assertFalse(file.isReleased());
        assertEquals(List.of(file), List.copyOf(gate.openFiles()), "nobody sees who has it open");
        gate.front().close(file);
        assertEquals(
                List.of("destructor of data", "teardown", "release of data"),
                events,
                "release comes at the last close, with its data");
        gate.front().close(file);
        assertEquals(3, events.size(), "released twice");
        assertTrue(file.isReleased());
        assertNull(file.privateData(Object.class));
        assertEquals(List.of(), List.copyOf(gate.openFiles()), "a closed file is kept");
    }

    @Test
    void closedThenRemoved() throws Exception {
        OpenFile file = open();
        gate.front().close(file);
        assertEquals(List.of("release of data", "destructor of data"), events);
        assertTrue(gate.unregisterSync());
        assertEquals(List.of("release of data", "destructor of data", "teardown"), events);
    }

    @Test
    void closedBetweenFlagAndTeardown() throws Exception {
        OpenFile file = open();
        Hold hold = gate.hold("dma");
        gate.beginRemoval();
        gate.front().close(file);
        assertEquals(List.of("release of data", "destructor of data"), events);
        hold.release();
        assertTrue(gate.awaitRemoval());
        assertEquals(List.of("release of data", "destructor of data", "teardown"), events);
    }

    @Test
    void theRemovalWaitsForNoLateRelease() throws Exception {
        Checkpoint stuck = new Checkpoint();
        OpenFile file = open();
        inRelease = stuck::pass;
        gate.beginRemoval();
        Background<Boolean> closer = closer(file);
        stuck.awaitReached();
        assertEquals(List.of(), gate.callsInFlight());
        assertTrue(gate.awaitRemoval(Duration.ofSeconds(Eventually.SECONDS)).isRemoved());
        assertEquals(
                List.of("destructor of data", "teardown"),
                events,
                "what the destructor frees was freed after the device it belongs to");
        stuck.letGo();
        assertTrue(closer.result());
        assertEquals(List.of("destructor of data", "teardown", "release of data"), events);
    }

    @Test
    void theRemovalWaitsForADestructorThatTheCloserRuns() throws Exception {
        Checkpoint inDestructor = new Checkpoint();
        OpenFile file = Answers.open(gate);
        file.setPrivateData(
                "data",
                data -> {
                    inDestructor.pass();
                    events.add("destructor");
                });
        gate.beginRemoval();
        Background<Boolean> closer = closer(file);
        inDestructor.awaitReached();
        Background<Boolean> remover = Background.start(gate::awaitRemoval);
        remover.awaitWaitingFor(file);
        assertEquals(List.of("release of data"), events, "torn down under a destructor");
        inDestructor.letGo();
        assertTrue(remover.result());
        assertTrue(closer.result());
        assertEquals(List.of("release of data", "destructor", "teardown"), events);
    }

    @Test
    void aCloserWaitsForADestructorThatTheRemoverRuns() throws Exception {
        Checkpoint inDestructor = new Checkpoint();
        OpenFile file = Answers.open(gate);
        file.setPrivateData(
                "data",
                data -> {
                    inDestructor.pass();
                    events.add("destructor");
                });
        Background<Boolean> remover = Background.start(gate::unregisterSync);
        inDestructor.awaitReached();
        Background<Boolean> closer = closer(file);
        closer.awaitWaitingFor(file);
        assertFalse(closer.isDone(), "close came back while the destructor was still running");
        inDestructor.letGo();
        assertTrue(closer.result());
        assertTrue(remover.result());
        assertEquals(1, Collections.frequency(events, "destructor"));
        assertEquals(1, Collections.frequency(events, "release of data"));
    }

    @Test
    void closedAndRemovedAtTheSameTime() throws Exception {
        for (int i = 0; i < 200; i++) {
            LateReleaseTest round = new LateReleaseTest();
            OpenFile file = round.open();
            CyclicBarrier start = new CyclicBarrier(2);
            Background<Boolean> closer =
                    Background.start(
                            () -> {
                                LeaveOutTest.meet(start);
                                round.gate.front().close(file);
                                return file.isReleased();
                            });
            LeaveOutTest.meet(start);
            assertTrue(round.gate.unregisterSync());
            List<String> atReturn = List.copyOf(round.events);
            assertTrue(
                    atReturn.indexOf("destructor of data") >= 0
                            && atReturn.indexOf("destructor of data")
                                    < atReturn.indexOf("teardown"),
                    atReturn::toString);
            assertTrue(closer.result());
            assertEquals(
                    List.of("destructor of data", "release of data", "teardown"),
                    round.events.stream().sorted().toList());
        }
    }

    @Test
    void noDataIsTakenAfterTheDestructor() throws Exception {
        OpenFile file = Answers.open(gate);
        assertTrue(gate.unregisterSync());
        assertThrows(
                IllegalStateException.class,
                () -> file.setPrivateData("late", data -> events.add("destructor")),
                "a destructor that nobody will ever run");
        gate.front().close(file);
        assertEquals(List.of("teardown", "release of null"), events);
    }

    @Test
    void aFailedOpenIsNotReleased() throws Exception {
        FopsGate failing =
                FopsGate.builder(
                                "failing",
                                new FileOperations() {
                                    @Override
                                    public int open(OpenFile file, Call call)
                                            throws org.cdevgate.abi.ErrnoException {
                                        file.setPrivateData("d", data -> events.add("destructor"));
                                        file.gate().beginRemoval();
                                        throw Errno.EBUSY.exception();
                                    }

                                    @Override
                                    public void release(OpenFile file, Call call) {
                                        events.add("release");
                                    }
                                })
                        .lateRelease()
                        .onTeardown(() -> events.add("teardown"))
                        .build();
        Answers.assertErrno(Errno.EBUSY, () -> Answers.open(failing), "another errno");
        assertTrue(failing.awaitRemoval());
        assertEquals(List.of("destructor", "teardown"), events);
        assertEquals(List.of(), List.copyOf(failing.openFiles()));
    }

    @Test
    void aLateReleaseThatThrowsIsLoggedAndDone() throws Exception {
        OpenFile file = open();
        inRelease =
                () -> {
                    throw new IllegalStateException("release is broken");
                };
        assertTrue(gate.unregisterSync());
        List<String> log = CapturedLog.during(() -> gate.front().close(file));
        assertTrue(log.stream().anyMatch(line -> line.contains("release is broken")));
        assertTrue(file.isReleased());
    }

    @Test
    void aRemovalInsideALateReleaseIsRefused() throws Exception {
        OpenFile file = open();
        inRelease = () -> assertThrows(SelfRemovalException.class, gate::unregisterSync);
        gate.beginRemoval();
        gate.front().close(file);
        assertTrue(gate.awaitRemoval());
        assertTrue(events.contains("release of data"), events::toString);
    }
}

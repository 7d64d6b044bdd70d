package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Parents and children. */
class GateTreeTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private GateBuilder builder(String name) {
        return FopsGate.builder(name, new FileOperations() {})
                .onTeardown(() -> events.add("teardown " + name));
    }

    @Test
    void theRemovalOfAParentTakesItsChildrenFirst() throws Exception {
        FopsGate hub = builder("hub").build();
        FopsGate port = builder("port").parent(hub).build();
        FopsGate disk = builder("disk").parent(port).build();
        FopsGate mouse = builder("mouse").parent(hub).build();
        assertTrue(hub.unregisterSync());
        assertEquals(
                List.of("teardown mouse", "teardown disk", "teardown port", "teardown hub"),
                events);
        for (FopsGate each : List.of(port, disk, mouse)) {
            assertTrue(each.isRemoved());
            Answers.assertErrno(Errno.ENODEV, each::enter, "alive without its parent");
        }
    }

    @Test
    void theRemovalOfAChildLeavesTheParent() throws Exception {
        FopsGate hub = builder("hub").build();
        FopsGate disk = builder("disk").parent(hub).build();
        assertTrue(disk.unregisterSync());
        hub.exit(hub.enter());
        assertTrue(hub.unregisterSync());
        assertEquals(List.of("teardown disk", "teardown hub"), events);
    }

    @Test
    void aParentWaitsForAChildsTeardownThatAnotherRuns() throws Exception {
        Checkpoint inTeardown = new Checkpoint();
        FopsGate hub = builder("hub").build();
        FopsGate disk = builder("disk").onTeardown(inTeardown::pass).parent(hub).build();
        Background<Boolean> child = Background.start(disk::unregisterSync);
        inTeardown.awaitReached();
        Background<Boolean> parent = Background.start(hub::unregisterSync);
        parent.awaitDraining();
        assertEquals(List.of(), events, "the parent was freed under its child");
        inTeardown.letGo();
        assertTrue(child.result());
        assertTrue(parent.result());
        assertEquals(List.of("teardown disk", "teardown hub"), events);
    }

    @Test
    void aGroupThatNamesAParentAndItsChildTearsTheChildDownFirst() throws Exception {
        for (boolean parentFirst : List.of(true, false)) {
            events.clear();
            FopsGate hub = builder("hub").build();
            FopsGate disk = builder("disk").parent(hub).build();
            GateGroup group = parentFirst ? GateGroup.of(hub, disk) : GateGroup.of(disk, hub);
            assertTrue(group.unregisterSync());
            assertEquals(List.of("teardown disk", "teardown hub"), events);
        }
    }

    @Test
    void aChildAndItsParentMayBeRemovedAtOnce() throws Exception {
        for (int round = 0; round < 100; round++) {
            events.clear();
            FopsGate hub = builder("hub").build();
            FopsGate disk = builder("disk").parent(hub).build();
            CyclicBarrier start = new CyclicBarrier(2);
            Background<Boolean> child =
                    Background.start(
                            () -> {
                                LeaveOutTest.meet(start);
                                disk.unregisterSync();
                                return disk.isRemoved();
                            });
            LeaveOutTest.meet(start);
            assertTrue(hub.unregisterSync());
            assertTrue(child.result());
            assertEquals(List.of("teardown disk", "teardown hub"), events);
        }
    }

    @Test
    void aRemovedParentTakesNoChildWhichIsTornDown() throws Exception {
        FopsGate hub = builder("hub").build();
        hub.beginRemoval();
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class,
                        () -> builder("disk").parent(hub).build(),
                        "a child that no removal of its parent will ever take");
        assertTrue(refused.getMessage().contains("hub"), refused::toString);
        assertTrue(refused.getMessage().contains("disk"), refused::toString);
        assertEquals(List.of("teardown disk"), events, "what the child was built with leaks");
        assertTrue(hub.awaitRemoval());
        assertThrows(IllegalStateException.class, () -> builder("late").parent(hub).build());
        assertEquals(List.of("teardown disk", "teardown hub", "teardown late"), events);
    }

    @Test
    void childrenBuiltWhileTheParentIsRemovedAreNeverLeftBehind() throws Exception {
        for (int round = 0; round < 100; round++) {
            FopsGate hub = builder("hub").build();
            List<AtomicInteger> teardowns = new ArrayList<>();
            List<FopsGate> built = new ArrayList<>();
            CyclicBarrier start = new CyclicBarrier(2);
            Background<Void> maker =
                    Background.start(
                            () -> {
                                LeaveOutTest.meet(start);
                                try {
                                    while (true) {
                                        AtomicInteger count = new AtomicInteger();
                                        teardowns.add(count);
                                        built.add(
                                                FopsGate.builder("child", new FileOperations() {})
                                                        .onTeardown(count::incrementAndGet)
                                                        .parent(hub)
                                                        .build());
                                    }
                                } catch (IllegalStateException e) {
                                    return null; // the removal has begun
                                }
                            });
            LeaveOutTest.meet(start);
            assertTrue(hub.unregisterSync());
            maker.result();
            for (FopsGate child : built) {
                assertTrue(child.isRemoved(), "a child lives on without its parent");
            }
            for (AtomicInteger count : teardowns) {
                assertEquals(1, count.get(), "a child was torn down twice, or never");
            }
        }
    }

    @Test
    void noCallEntersAChildWhoseParentsRemovalHasBegun() throws Exception {
        FopsGate hub = builder("hub").build();
        FopsGate disk = builder("disk").parent(hub).build();
        assertTrue(hub.beginRemoval());
        Answers.assertErrno(Errno.ENODEV, disk::enter, "the drain would wait for it");
        assertTrue(hub.awaitRemoval());
    }

    /** The remover stands before the flag meanwhile. */
    @Test
    void norOneThatWasBuiltJustBefore() throws Exception {
        FopsGate hub = builder("hub").build();
        Background<Boolean> remover;
        FopsGate disk;
        synchronized (hub.removal()) {
            remover = Background.start(hub::beginRemoval);
            remover.awaitWaitingFor(hub.removal());
            disk = builder("disk").parent(hub).build();
        }
        assertTrue(remover.result());
        Answers.assertErrno(Errno.ENODEV, disk::enter, "the drain would wait for it");
        assertTrue(hub.awaitRemoval());
    }

    @Test
    void aParentDoesNotKeepARemovedChildReachable() throws Exception {
        FopsGate hub = builder("hub").build();
        WeakReference<FopsGate> gone = makeAndRemoveChild(hub);
        Eventually.until(
                "the removed child to be collected",
                () -> {
                    System.gc();
                    return gone.get() == null;
                });
        assertTrue(hub.unregisterSync());
    }

    private WeakReference<FopsGate> makeAndRemoveChild(FopsGate hub) {
        FopsGate child = builder("child").parent(hub).build();
        child.unregisterSync();
        return new WeakReference<>(child);
    }

    @Test
    void aSleeperInTheParentThatWaitsForAChildIsNoDeadlock() throws Exception {
        WaitQueue queue = new WaitQueue("never");
        List<OpenFile> files = new ArrayList<>();
        FopsGate hub = Reading.gate("hub", (file, call) -> Answers.read(files.get(0)));
        FopsGate disk =
                Reading.builder(
                                "disk",
                                (file, call) -> {
                                    call.await(queue, () -> false);
                                    return 0;
                                })
                        .parent(hub)
                        .build();
        files.add(Answers.open(disk));
        Background<Integer> reader = Answers.startReading(hub);
        Eventually.asleep(queue, 1);
        assertTrue(Background.start(hub::unregisterSync).result());
        Answers.assertErrno(Errno.ENODEV, reader.failure(), "not woken");
    }

    @Test
    void aChildsCallCountsAsInsideTheParent() throws Exception {
        FopsGate hub = builder("hub").build();
        FopsGate disk = builder("disk").parent(hub).build();
        long ticket = disk.enter();
        assertThrows(SelfRemovalException.class, hub::unregisterSync, "it waits for itself");
        assertThrows(SelfRemovalException.class, () -> hub.checkNotInside("test"));
        assertFalse(hub.isRemoving());
        assertEquals("disk", hub.report().culprits().get(0).device());
        disk.exit(ticket);
        assertTrue(hub.unregisterSync());
    }
}

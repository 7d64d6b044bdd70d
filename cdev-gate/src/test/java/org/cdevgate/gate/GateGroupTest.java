package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalOutcome.Ending;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** Several gates that are removed as one. */
class GateGroupTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final WaitQueue queue = new WaitQueue("never");

    /** A device whose read sleeps until it is removed, and which notes its removal's steps. */
    private FopsGate member(String name) throws Exception {
        return member(FopsGate.builder(name, sleeping(name)));
    }

    private FileOperations sleeping(String name) {
        return (Reading)
                (file, call) -> {
                    try {
                        call.await(queue, () -> false);
                    } finally {
                        events.add("woken " + name);
                    }
                    return 0;
                };
    }

    private FopsGate member(GateBuilder builder) throws Exception {
        String name = builder.name;
        FopsGate gate = builder.onTeardown(() -> events.add("teardown " + name)).build();
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                events.add("name gone " + name);
                            }
                        });
        return gate;
    }

    @Test
    void allAreFlaggedThenNamelessThenWokenThenDrainedThenTornDown() throws Exception {
        FopsGate first = member("first");
        FopsGate second = member("second");
        List<Boolean> flags = new ArrayList<>();
        first.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                flags.add(second.isRemoving());
                            }
                        });
        OpenFile firstFile = Answers.open(first);
        OpenFile secondFile = Answers.open(second);
        Background<Integer> firstReader = Background.start(() -> Answers.read(firstFile));
        Eventually.asleep(queue, 1);
        Background<Integer> secondReader = Background.start(() -> Answers.read(secondFile));
        Eventually.asleep(queue, 2);

        assertTrue(GateGroup.of(first, second).unregisterSync());

        Answers.assertErrno(Errno.ENODEV, firstReader.failure(), "not woken");
        Answers.assertErrno(Errno.ENODEV, secondReader.failure(), "not woken");
        assertEquals(List.of(true), flags, "one member's name went while another let calls in");
        assertEquals(List.of("name gone first", "name gone second"), events.subList(0, 2));
        assertEquals(
                List.of("woken first", "woken second"),
                events.subList(2, 4).stream().sorted().toList(),
                "a teardown ran while a verb of the driver did");
        assertEquals(
                List.of("teardown second", "teardown first"),
                events.subList(4, 6),
                "the last member is to be torn down first");
    }

    /** One by one this hangs: the sleeper's device would be drained before the other is flagged. */
    @Test
    void aSleeperInOneMemberThatWaitsForAnotherIsNoDeadlock() throws Exception {
        FopsGate data = member("data");
        OpenFile dataFile = Answers.open(data);
        FopsGate control = Reading.gate("control", (file, call) -> Answers.read(dataFile));
        Background<Integer> reader = Answers.startReading(control);
        Eventually.asleep(queue, 1);
        Background<Boolean> remover =
                Background.start(() -> GateGroup.of(data, control).unregisterSync());
        assertTrue(remover.result(), "the removal of the group hangs");
        Answers.assertErrno(Errno.ENODEV, reader.failure(), "not woken");
    }

    @Test
    void aTeardownWaitsForTheCallsOfEveryMember() throws Exception {
        Checkpoint inside = new Checkpoint();
        FopsGate busy =
                Reading.gate(
                        "busy",
                        (file, call) -> {
                            inside.pass();
                            events.add("call ends");
                            return 0;
                        });
        FopsGate idle = member("idle");
        Background<Integer> reader = Answers.startReading(busy);
        inside.awaitReached();
        GateGroup group = GateGroup.of(busy, idle);
        Background<Boolean> remover = Background.start(group::unregisterSync);
        remover.awaitDraining();
        assertEquals(List.of("name gone idle"), events);
        assertFalse(idle.isRemoved());
        inside.letGo();
        assertTrue(remover.result());
        assertEquals(0, reader.result());
        assertEquals(List.of("name gone idle", "call ends", "teardown idle"), events);
        assertTrue(group.isRemoved());
    }

    @Test
    void groupsOfTheSameMembersInAnyOrderMayBeRemovedAtOnce() throws Exception {
        for (int round = 0; round < 50; round++) {
            AtomicInteger teardowns = new AtomicInteger();
            FopsGate[] gates = new FopsGate[3];
            for (int i = 0; i < gates.length; i++) {
                gates[i] =
                        FopsGate.builder("member" + i, new FileOperations() {})
                                .onTeardown(teardowns::incrementAndGet)
                                .build();
            }
            List<FopsGate> forwards = Arrays.asList(gates);
            List<FopsGate> backwards = new ArrayList<>(forwards);
            Collections.reverse(backwards);
            CyclicBarrier start = new CyclicBarrier(3);
            List<Background<Integer>> removers = new ArrayList<>();
            for (Removable each :
                    List.of(GateGroup.of(forwards), GateGroup.of(backwards), gates[1])) {
                removers.add(
                        Background.start(
                                () -> {
                                    LeaveOutTest.meet(start);
                                    each.unregisterSync();
                                    assertTrue(each.isRemoved(), "came back too early");
                                    return 1;
                                }));
            }
            for (Background<Integer> remover : removers) {
                assertEquals(1, remover.result());
            }
            assertEquals(3, teardowns.get(), "a member was torn down twice, or never");
        }
    }

    @Test
    void aMemberRemovedByItselfCountsAsRemoved() throws Exception {
        FopsGate first = member("first");
        FopsGate second = member("second");
        assertTrue(second.unregisterSync());
        GateGroup group = GateGroup.of(first, second);
        assertFalse(group.isRemoved());
        assertTrue(group.unregisterSync());
        assertFalse(group.unregisterSync());
        assertEquals(1, Collections.frequency(events, "teardown second"));
        assertEquals(1, Collections.frequency(events, "teardown first"));
    }

    @Test
    void aBoundedWaitTearsDownNoMemberAndNamesTheCulprit() throws Exception {
        FopsGate first = member("first");
        FopsGate second = member("second");
        GateGroup group = GateGroup.of(first, second);
        Hold hold = first.hold("dma");
        RemovalOutcome outcome = group.unregisterSync(Duration.ofMillis(5));
        assertEquals(Ending.TIMED_OUT, outcome.ending());
        assertEquals("dma", outcome.culprits().get(0).tag());
        assertEquals("first", outcome.culprits().get(0).device());
        assertEquals(List.of("name gone first", "name gone second"), events);
        hold.release();
        assertEquals(
                Ending.REMOVED_HERE,
                group.awaitRemoval(Duration.ofSeconds(Eventually.SECONDS)).ending());
        assertTrue(group.report().culprits().isEmpty());
    }

    @Test
    void aGroupMayBeRemovedAsynchronouslyAndInTwoHalves() throws Exception {
        GateGroup group = GateGroup.of(member("first"), member("second"));
        assertThrows(IllegalStateException.class, group::awaitRemoval);
        assertTrue(group.beginRemoval());
        assertFalse(group.beginRemoval());
        assertTrue(group.unregisterAsync().get().isRemoved());
        assertTrue(group.awaitRemovalInterruptibly().isRemoved());
    }

    @Test
    void aCallInsideAMemberMayLeaveItselfOutOfTheGroup() throws Exception {
        List<Removable> group = new ArrayList<>();
        FopsGate first =
                Reading.gate(
                        "first",
                        (file, call) -> {
                            assertThrows(SelfRemovalException.class, group.get(0)::unregisterSync);
                            assertTrue(group.get(0).unregisterSync(SelfRemoval.LEAVE_OUT));
                            return 4;
                        });
        FopsGate second = member("second");
        group.add(GateGroup.of(first, second));
        OpenFile file = Answers.open(first);
        assertEquals(4, Background.start(() -> Answers.read(file)).result());
        assertTrue(group.get(0).isRemoved());
    }

    @Test
    void aTeardownMayRemoveAnotherMember() throws Exception {
        FopsGate first = member("first");
        FopsGate second =
                member(
                        FopsGate.builder("second", new FileOperations() {})
                                .onTeardown(() -> assertTrue(first.unregisterSync())));
        assertTrue(Background.start(() -> GateGroup.of(first, second).unregisterSync()).result());
        assertEquals(1, Collections.frequency(events, "teardown first"));
        assertEquals(1, Collections.frequency(events, "teardown second"));
    }

    @Test
    void aGroupHasAMember() {
        assertThrows(IllegalArgumentException.class, GateGroup::of);
        assertThrows(NullPointerException.class, () -> GateGroup.of((FopsGate) null));
        FopsGate twice = FopsGate.of("twice", new FileOperations() {});
        GateGroup group = GateGroup.of(twice, twice);
        assertTrue(group.toString().contains("twice"), group::toString);
        assertTrue(group.unregisterSync());
    }
}

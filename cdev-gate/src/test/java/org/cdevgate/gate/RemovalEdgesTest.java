package org.cdevgate.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.junit.jupiter.api.Test;

/** What a removal must not do, in places where it would do it easily. */
class RemovalEdgesTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aLevelDoesNotBringTheDeviceBack() throws Exception {
        FopsGate gate = FopsGate.of("lamp", new FileOperations() {});
        gate.beginRemoval();
        for (DiagnosticLevel level : DiagnosticLevel.values()) {
            gate.diagnostics(level);
            Answers.assertErrno(Errno.ENODEV, gate::enter, "alive again at " + level);
        }
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void theNameGoesAfterTheFlag() throws Exception {
        FopsGate gate = FopsGate.of("lamp", new FileOperations() {});
        gate.front()
                .addRemovalListener(
                        new RemovalListener() {
                            @Override
                            public void onFlagged() {
                                events.add(gate.isRemoving() ? "flagged" : "alive");
                            }
                        });
        assertTrue(gate.unregisterSync());
        assertEquals(List.of("flagged"), events, "who finds no name any more may still get in");
    }

    /** A thread that has just used the gate takes the shortest way in. */
    @Test
    void whoHasJustBeenInsideIsRefusedToo() throws Exception {
        FopsGate gate = FopsGate.of("lamp", new FileOperations() {});
        gate.exit(gate.enter());
        gate.exit(gate.enter());
        gate.beginRemoval();
        Answers.assertErrno(Errno.ENODEV, gate::enter, "inside a device that is going");
        assertEquals(List.of(), gate.callsInFlight());
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aRemovalWaitsForACallInsideAnothers() throws Exception {
        FopsGate outer = FopsGate.of("hub", new FileOperations() {});
        FopsGate inner =
                FopsGate.builder("lamp", new FileOperations() {})
                        .onTeardown(() -> events.add("teardown"))
                        .build();
        Checkpoint inside = new Checkpoint();
        Background<Boolean> caller =
                Background.start(
                        () ->
                                outer.tryRun(
                                        () ->
                                                inner.tryRun(
                                                        () -> {
                                                            inside.pass();
                                                            events.add("call ends");
                                                        })));
        inside.awaitReached();
        Background<Boolean> remover = Background.start(inner::unregisterSync);
        remover.awaitDraining();
        inside.letGo();
        assertTrue(caller.result());
        assertTrue(remover.result());
        assertEquals(List.of("call ends", "teardown"), events);
        assertTrue(outer.unregisterSync());
    }

    @Test
    void aCallByHandIsNotTakenForTheVerbBeforeIt() throws Exception {
        FopsGate gate = Reading.gate("lamp", (file, call) -> 1);
        OpenFile file = Answers.open(gate);
        assertEquals(1, Answers.read(file));
        long ticket = gate.enter();
        CallInFlight call = gate.callsInFlight().get(0);
        assertEquals(Verb.ENTERED, call.verb(), "the report names another culprit");
        assertFalse(call.hasFile());
        gate.exit(ticket);
        assertTrue(gate.unregisterSync());
    }

    @Test
    void aTicketOfACallThatHasEndedDoesNotNameTheNext() throws Exception {
        FopsGate gate = FopsGate.of("lamp", new FileOperations() {});
        Checkpoint inside = new Checkpoint();
        AtomicReference<Long> ended = new AtomicReference<>();
        Background<Boolean> caller =
                Background.start(
                        () -> {
                            ended.set(gate.enter());
                            gate.exit(ended.get());
                            return gate.tryRun(inside::pass);
                        });
        inside.awaitReached();
        Background<Boolean> remover =
                Background.start(() -> gate.unregisterSync(SelfRemoval.REFUSE, ended.get()));
        remover.awaitDraining();
        inside.letGo();
        assertTrue(caller.result());
        assertTrue(remover.result(), "refused for a call that has ended");
    }

    @Test
    void aTicketOfANestedCallNamesIt() throws Exception {
        FopsGate gate = FopsGate.of("lamp", new FileOperations() {});
        FopsGate other = FopsGate.of("room", new FileOperations() {});
        Checkpoint inside = new Checkpoint();
        AtomicReference<Long> ticket = new AtomicReference<>();
        Background<Boolean> caller =
                Background.start(
                        () ->
                                other.tryRun(
                                        () -> {
                                            ticket.set(gate.enter());
                                            inside.pass();
                                            gate.exit(ticket.get());
                                        }));
        inside.awaitReached();
        Throwable refused =
                Background.start(() -> gate.unregisterSync(SelfRemoval.REFUSE, ticket.get()))
                        .failure();
        assertInstanceOf(SelfRemovalException.class, refused, "it waits for who waits for it");
        inside.letGo();
        assertTrue(caller.result());
        assertTrue(gate.unregisterSync());
    }

    /** An Error may end a call by two accesses to a field, see {@link CallFrame}. */
    @Test
    void noCallbackRunsForACallThatAnErrorHasEnded() throws Exception {
        Checkpoint inside = new Checkpoint();
        AtomicReference<Call> frame = new AtomicReference<>();
        FopsGate gate =
                Reading.gate(
                        "lamp",
                        (file, call) -> {
                            call.onCancel(() -> events.add("cancelled"));
                            frame.set(call);
                            inside.pass();
                            return 1;
                        });
        Background<Integer> reader = Answers.startReading(gate);
        inside.awaitReached();
        Frame call = frame.get().frame;
        call.published = (call.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
        gate.beginRemoval();
        Eventually.until("the callbacks to be over", gate.cancels()::isDone);
        assertEquals(List.of(), events, "it acts on what the call had");
        inside.letGo();
        reader.result();
        assertTrue(gate.awaitRemoval());
    }

    @Test
    void aCallForgetsAllItsCallbacks() throws Exception {
        AtomicReference<WeakReference<Object>> first = new AtomicReference<>();
        FopsGate gate =
                Reading.gate(
                        "lamp",
                        (file, call) -> {
                            Object request = new Object();
                            first.set(new WeakReference<>(request));
                            call.onCancel(() -> events.add("cancelled " + request));
                            call.onCancel(() -> events.add("cancelled"));
                            return 1;
                        });
        assertEquals(1, Answers.read(Answers.open(gate)));
        Eventually.until(
                "what the first callback had to be collected",
                () -> {
                    System.gc();
                    return first.get().get() == null;
                });
        assertTrue(gate.unregisterSync());
        assertEquals(List.of(), events);
    }

    @Test
    void anInterruptThatWasForACallReachesNoRelease() throws Exception {
        FopsGate gate =
                Releasing.gate(
                        "lamp",
                        (file, call) ->
                                events.add(
                                        Thread.currentThread().isInterrupted()
                                                ? "interrupted"
                                                : "released"));
        OpenFile file = Answers.open(gate);
        Thread.currentThread().interrupt();
        gate.front().close(file);
        assertTrue(Thread.interrupted(), "the caller's interrupt is lost");
        assertEquals(List.of("released"), events, "a release that waits would be cut short");
        assertTrue(gate.unregisterSync());
    }
}

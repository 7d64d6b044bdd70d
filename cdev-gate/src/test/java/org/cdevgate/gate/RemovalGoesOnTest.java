package org.cdevgate.gate;

import static org.cdevgate.gate.Answers.LOCAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.front.RequestSleeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a front's or a driver's code throws at it, a removal comes to its end, once. */
class RemovalGoesOnTest {
    /** What is thrown, as a bug would throw it. */
    record Fault(String name, Supplier<Throwable> made) {
        /** Throws it past the compiler, which knows none of the places to throw it. */
        void happen() {
            Fault.<RuntimeException>sneak(made.get());
        }

        @SuppressWarnings("unchecked") // erased: nothing is cast
        private static <T extends Throwable> void sneak(Throwable thrown) throws T {
            throw (T) thrown;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault("exception", () -> new IllegalStateException("a bug")),
                new Fault("checked exception", () -> new Exception("a bug")),
                new Fault("error", () -> new AssertionError("a bug")),
                new Fault("stack overflow", StackOverflowError::new),
                new Fault("linkage error", () -> new NoClassDefFoundError("a bug")));
    }

    /** The removal and everything that can be wrong after one that threw. */
    private static void assertRemoved(FopsGate gate) throws Exception {
        CapturedLog.during(
                () -> {
                    // The same thread comes back: a trace of itself left behind would look like a
                    // removal inside a removal.
                    Background<List<Boolean>> remover =
                            Background.start(
                                    () ->
                                            List.of(
                                                    gate.unregisterSync(),
                                                    gate.unregisterSync(),
                                                    gate.awaitRemoval()));
                    Background<Boolean> second =
                            Background.start(
                                    () -> {
                                        Eventually.until("the flag", gate::isRemoving);
                                        return gate.awaitRemoval();
                                    });
                    // Whichever of the two comes to the teardown first.
                    long did =
                            Stream.concat(remover.result().stream(), Stream.of(second.result()))
                                    .filter(each -> each)
                                    .count();
                    assertEquals(1, did, "nobody, or two, would free what the remover frees");
                });
        assertTrue(gate.isRemoved());
        assertEquals(List.of(), gate.callsInFlight(), "somebody is said to be in there for ever");
        gate.checkNotInside("a later removal");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aSleeperThatCannotBeToldDoesNotStopIt(Fault fault) throws Exception {
        WaitQueue first = new WaitQueue("first");
        WaitQueue second = new WaitQueue("second");
        AtomicBoolean tornDown = new AtomicBoolean();
        FopsGate gate =
                FopsGate.builder("flaky", new FileOperations() {})
                        .onTeardown(() -> tornDown.set(true))
                        .build();
        OpenFile file = Answers.open(gate);
        List<NotingRequest> others = new ArrayList<>();
        for (WaitQueue queue : List.of(first, second)) {
            for (int i = 0; i < 3; i++) {
                RequestSleeper sleeper = i == 1 ? failing(fault) : new NotingRequest();
                Threadless.sleepOn(queue, gate, sleeper, new ThreadlessCaller());
                if (sleeper instanceof NotingRequest noting) {
                    others.add(noting);
                }
            }
        }
        assertRemoved(gate);
        for (NotingRequest other : others) {
            assertEquals(List.of("removed with -19"), other.told, "one bug silences the others");
        }
        assertTrue(tornDown.get());
        assertTrue(file.isReleased());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aSleeperThatCannotBeWokenDoesNotSilenceTheOthers(Fault fault) throws Exception {
        WaitQueue queue = new WaitQueue("readable");
        FopsGate gate = FopsGate.of("flaky", new FileOperations() {});
        NotingRequest before = new NotingRequest();
        NotingRequest after = new NotingRequest();
        for (RequestSleeper each : List.of(before, failing(fault), after)) {
            Threadless.sleepOn(queue, gate, each, new ThreadlessCaller());
        }
        CapturedLog.during(queue::wakeUp);
        assertEquals(List.of("run again"), before.told);
        assertEquals(List.of("run again"), after.told, "one bug silences the others");
        assertRemoved(gate);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aPollerThatCannotBeToldDoesNotSilenceTheSleepers(Fault fault) throws Exception {
        WaitQueue woken = new WaitQueue("woken");
        WaitQueue idle = new WaitQueue("idle");
        FopsGate gate =
                Polling.gate(
                        "flaky",
                        (file, call) -> {
                            call.pollWait(woken);
                            call.pollWait(idle);
                            return 0;
                        });
        OpenFile file = Answers.open(gate);
        PollWatcher poller =
                new PollWatcher() {
                    @Override
                    protected void wakeUp() {
                        fault.happen();
                    }
                };
        CapturedLog.during(() -> gate.front().poll(file, LOCAL, poller));
        NotingRequest first = new NotingRequest();
        NotingRequest second = new NotingRequest();
        Threadless.sleepOn(woken, gate, first, new ThreadlessCaller());
        Threadless.sleepOn(idle, gate, second, new ThreadlessCaller());
        CapturedLog.during(woken::wakeUp);
        assertEquals(List.of("run again"), first.told, "a request sleeps for ever");
        assertRemoved(gate);
        assertEquals(List.of("removed with -19"), second.told, "a request sleeps for ever");
    }

    private static RequestSleeper failing(Fault fault) {
        return new RequestSleeper() {
            @Override
            protected void runAgain() {
                fault.happen();
            }

            @Override
            protected void removed(int answer) {
                fault.happen();
            }
        };
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aStepThatFailsDoesNotStopTheNext(Fault fault) throws Exception {
        List<String> steps = Collections.synchronizedList(new ArrayList<>());
        FileOperations driver =
                (Releasing)
                        (file, call) -> {
                            steps.add("release");
                            fault.happen();
                        };
        FopsGate gate =
                FopsGate.builder("flaky", driver)
                        .wakeHook(fault::happen)
                        .onTeardown(() -> steps.add("first teardown"))
                        .onTeardown(
                                () -> {
                                    steps.add("second teardown");
                                    fault.happen();
                                })
                        .build();
        for (int i = 0; i < 2; i++) {
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    steps.add("flagged");
                                    fault.happen();
                                }

                                @Override
                                public void onDrained() {
                                    steps.add("drained");
                                    fault.happen();
                                }

                                @Override
                                public void onTornDown() {
                                    steps.add("torn down");
                                    fault.happen();
                                }
                            });
            OpenFile file = Answers.open(gate);
            file.setPrivateData(
                    file,
                    unused -> {
                        steps.add("destructor");
                        fault.happen();
                    });
        }
        assertRemoved(gate);
        assertEquals(
                List.of(
                        "flagged",
                        "flagged",
                        "release",
                        "destructor",
                        "release",
                        "destructor",
                        "drained",
                        "drained",
                        "second teardown",
                        "first teardown",
                        "torn down",
                        "torn down"),
                steps);
        assertTrue(gate.openFiles().isEmpty());
    }

    @Test
    void aVerbThatThrewIsNotInsideAnyMore() throws Exception {
        FopsGate gate =
                FopsGate.of(
                        "flaky",
                        new FileOperations() {
                            @Override
                            public int fsync(OpenFile file, boolean dataOnly, Call call) {
                                throw new AssertionError("a bug");
                            }
                        });
        OpenFile file = Answers.open(gate);
        Background<Boolean> caller =
                Background.start(
                        () -> {
                            CapturedLog.during(
                                    () ->
                                            Answers.assertErrno(
                                                    Errno.EIO,
                                                    () -> gate.front().fsync(file, false, LOCAL),
                                                    "a bug looks like something else"));
                            return gate.unregisterSync();
                        });
        assertTrue(caller.result(), "its own failed call counts as running");
        assertFalse(gate.unregisterSync());
    }
}

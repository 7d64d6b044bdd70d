package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.driver.VerbDriver;
import org.cdevgate.fuse.driver.Waiting;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Signal;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every verb that sleeps, in every way of sleeping, meets every signal: a handler ends it with
 * EINTR if the driver listens, a fatal signal ends the process whether it listens or not, and
 * nothing else changes what the call returns. With {@code -Dcdevgate.signals.all=true} also where
 * two ways of sleeping are the same to the library.
 */
class SignalMatrixIT extends MountBase {
    private static final int KILLED_BY = 128;
    private static final boolean ALL = Boolean.getBoolean("cdevgate.signals.all");

    private static final List<Verb> VERBS =
            List.of(
                    Verb.OPEN,
                    Verb.READ,
                    Verb.WRITE,
                    Verb.IOCTL,
                    Verb.FSYNC,
                    Verb.FLUSH,
                    Verb.MMAP);

    static Stream<Arguments> everyCall() {
        List<Arguments> all = new ArrayList<>();
        for (Verb verb : VERBS) {
            for (Waiting waiting : Waiting.values()) {
                if (ALL || waiting != Waiting.OWN_CODE || verb == Verb.READ) {
                    all.add(Arguments.of(verb, waiting));
                }
            }
        }
        return all.stream();
    }

    /** A page fault is no system call; no signal but one that kills ends its wait. */
    private static boolean isInterruptible(Verb verb) {
        return verb != Verb.MMAP;
    }

    @ParameterizedTest
    @MethodSource("everyCall")
    void handlerEndsACallWhoseDriverListens(Verb verb, Waiting waiting) throws Exception {
        boolean both = ALL || waiting == Waiting.PARKED;
        for (String how : both ? List.of("restart", "norestart") : List.of("restart")) {
            try (SleepingCalls node = new SleepingCalls(mount, "node-" + how, verb, waiting);
                    ClientProcess asking = ClientProcess.start()) {
                asking.sigaction(Signal.USR2, how);
                Pending call = node.begin(asking);
                asking.interrupt(call, Signal.USR2);
                if (waiting.isHonouring() && isInterruptible(verb)) {
                    call.await().expect(Errno.EINTR);
                } else {
                    if (isInterruptible(verb)) {
                        Within.limit(
                                "the driver ignores it",
                                () -> node.driver().ignoredInterrupts() == 1);
                    }
                    assertFalse(call.isDone(), "a living process lost its call");
                    node.driver().answer();
                    node.expectAnswer(call);
                }
                Within.limit("the handler ran", () -> asking.handled() == 1);
            }
        }
    }

    /** SIGTERM meets the thread that sleeps, the others the process. */
    @ParameterizedTest
    @MethodSource("everyCall")
    void fatalSignalEndsTheProcess(Verb verb, Waiting waiting) throws Exception {
        for (Signal signal : List.of(Signal.KILL, Signal.TERM, Signal.QUIT)) {
            try (SleepingCalls node = new SleepingCalls(mount, "node-" + signal, verb, waiting);
                    ClientProcess victim = ClientProcess.start()) {
                Pending call = node.begin(victim);
                if (signal == Signal.TERM) {
                    victim.signalThread(call, signal);
                } else {
                    victim.signal(signal);
                }
                assertEquals(KILLED_BY + signal.number(), victim.awaitEnd(), signal::name);
                expectLateAnswerIsDropped(node, waiting, verb);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyCall")
    void exitByAnotherThreadEndsTheProcess(Verb verb, Waiting waiting) throws Exception {
        try (SleepingCalls node = new SleepingCalls(mount, "node", verb, waiting);
                ClientProcess victim = ClientProcess.start()) {
            node.begin(victim);
            victim.exit(3);
            assertEquals(3, victim.awaitEnd());
            expectLateAnswerIsDropped(node, waiting, verb);
        }
    }

    /** The process has gone; its call may be in the driver still, and is answered to nobody. */
    private void expectLateAnswerIsDropped(SleepingCalls node, Waiting waiting, Verb verb)
            throws Exception {
        if (waiting == Waiting.DEAF) {
            assertEquals(1, node.driver().inOwnCode(), "the driver has not noticed");
        }
        if (waiting == Waiting.DEAF || !isInterruptible(verb)) {
            assertEquals(0, node.driver().releases(), "released under a running call");
            node.driver().answer();
        }
        node.expectNothingLeft();
        node.driver().answer();
        int fd = open(node.gate()); // the node serves others
        client.read(fd, 8).expect(VerbDriver.DATA.length());
        client.close(fd).expect(0);
    }

    /** SIGSTOP is as any signal to a call that sleeps, and SIGCONT undoes it. */
    @ParameterizedTest
    @MethodSource("everyCall")
    void stoppedProcessGoesOnWhenContinued(Verb verb, Waiting waiting) throws Exception {
        try (SleepingCalls node = new SleepingCalls(mount, "node", verb, waiting);
                ClientProcess asking = ClientProcess.start()) {
            Pending call = node.begin(asking);
            asking.stop();
            try {
                boolean interrupts = waiting.isHonouring() && isInterruptible(verb);
                if (!interrupts) {
                    // The limit: this thread stops when its call ends, as a kernel task in D.
                    call.awaitState("D");
                    node.driver().answer();
                }
                call.awaitState("T");
                assertFalse(call.isDone(), "a stopped process answered");
                asking.signal(Signal.CONT);
                if (interrupts) {
                    call.await().expect(Errno.EINTR);
                } else {
                    node.expectAnswer(call);
                }
            } finally {
                asking.signal(Signal.CONT);
            }
        }
    }

    /** Signals that the process blocks or ignores do not disturb a call. */
    @Test
    void signalThatNobodyTakesInterruptsNothing() throws Exception {
        for (Verb verb : VERBS) {
            try (SleepingCalls node =
                            new SleepingCalls(mount, "node-" + verb, verb, Waiting.PARKED);
                    ClientProcess asking = ClientProcess.start()) {
                asking.sigaction(Signal.USR1, "ignore");
                asking.block(Signal.TERM);
                Pending call = node.begin(asking);
                asking.interrupt(call, Signal.USR1);
                asking.interrupt(call, Signal.TERM);
                node.driver().answer();
                node.expectAnswer(call);
            }
        }
    }
}

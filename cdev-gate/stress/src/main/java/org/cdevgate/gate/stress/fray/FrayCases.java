package org.cdevgate.gate.stress.fray;

import java.util.List;

/** All cases, in the order in which they are told in docs/stress.md. */
final class FrayCases {
    private static final String GATE = "org/cdevgate/gate/";
    private static final String ACCOUNTING = GATE + "accounting/";
    private static final String ASYNC = "org/cdevgate/async/";
    private static final String DEADLOCK = "DeadlockException";

    /** Removers do not wait without a limit, they look again; so the schedule grows too long. */
    private static final String LOOKS_FOR_EVER = "LivenessException";

    private FrayCases() {}

    static List<FrayCase> all() {
        return List.of(
                gate(
                        "two wakers",
                        "twoWakers",
                        new Fault(
                                "the wake clock is advanced before the queue's lock is taken",
                                GATE + "GateWaiters.java",
                                """
                                synchronized (this) {
                                    if (count > 0 || watching > 0) {
                                        StackRoom.require();
                                    }
                                    // Under the lock, so that later wake-ups have later times.
                                    lastWake = gate.queues().advanceWakeClock();
                                """,
                                """
                                long now = gate.queues().advanceWakeClock();
                                synchronized (this) {
                                    if (count > 0 || watching > 0) {
                                        StackRoom.require();
                                    }
                                    lastWake = now;
                                """,
                                List.of(DEADLOCK, "LocalRequest.awaitTold"))),
                gate(
                        "exclusive and signal, without thread",
                        "signalToTheOneWithoutThread",
                        new Fault(
                                "a signal is answered although a wake-up had come",
                                GATE + "LocalRequest.java",
                                """
                                if (wake()) {
                                    throw Errno.EINTR.exception();
                                }
                                interrupted = true; // told first; the next run of the verb answers
                                continue;
                                """,
                                """
                                wake();
                                throw Errno.EINTR.exception();
                                """,
                                List.of(DEADLOCK, "ParkedSleep.await", "Basin.ioctl"))),
                gate(
                        "exclusive and signal, parked",
                        "signalToTheParkedOne",
                        new Fault(
                                "who leaves does not pass the wake-up on",
                                GATE + "ParkedSleep.java",
                                """
                                if (alone && woken) {
                                    queue.wakeUp(); // one came for this sleeper, which needs it no more
                                }
                                """,
                                "",
                                List.of(DEADLOCK, "LocalRequest.awaitTold"))),
                gate(
                        "two gates on one queue",
                        "twoGatesOnOneQueue",
                        new Fault(
                                "a removal does not pass its sleepers' wake-ups on",
                                GATE + "GateWaiters.java",
                                """
                                if (passesOn) {
                                    queue.wakeUpOthers(this);
                                }
                                """,
                                "",
                                List.of(DEADLOCK, "LocalRequest.awaitTold"))),
                gate(
                        "all at once",
                        "allAtOnce",
                        new Fault(
                                "a remover that finds another at the teardown does not wait",
                                GATE + "Teardown.java",
                                "if (!drain.await(gate, () -> finished || !claimed, \"the"
                                        + " teardown\")) {",
                                "if (!drain.await(gate, () -> true, \"the teardown\") || true) {",
                                List.of("a remover came back before the teardown had finished"))),
                gate(
                        "LEAVE_OUT by ticket",
                        "leaveOutByTicket",
                        new Fault(
                                "the call is left out that the ticket's thread is in by now",
                                ACCOUNTING + "CallFrame.java",
                                "long name = seen & ~EXTRAS;",
                                "long name = published() & ~EXTRAS;",
                                List.of("torn down under the next call of a thread"))),
                nested(
                        "asleep in another device, parked",
                        "parkedInAnother",
                        new Fault(
                                "a removal unparks nobody that is inside",
                                ACCOUNTING + "CallScan.java",
                                "LockSupport.unpark(record.thread());",
                                "",
                                List.of(
                                        // Of the remover that looks for ever, or of the sleeper
                                        // when that has been given up.
                                        LOOKS_FOR_EVER + " or " + DEADLOCK,
                                        "CallScan.awaitNone or ParkedSleep.await"))),
                nested(
                        "asleep in another device, without thread",
                        "requestInAnother",
                        new Fault(
                                "who sleeps does not look at the flag of the call around it",
                                GATE + "LocalRequest.java",
                                "if (inside != null\n&& inside.isThreadSleepless()) { // by a call that this one is"
                                        + " nested in",
                                "if (false) {",
                                List.of(
                                        // As above.
                                        LOOKS_FOR_EVER + " or " + DEADLOCK,
                                        "CallScan.awaitNone or LocalRequest.awaitTold"))),
                gate(
                        "groups",
                        "groups",
                        new Fault(
                                "holds are not waited for",
                                GATE + "Removal.java",
                                "&& drain.await(gate, gate.holds()::isEmpty, \"holds\")",
                                "",
                                List.of("torn down under"))),
                callers(
                        "work",
                        "work",
                        new Fault(
                                "a run does not say that it runs",
                                ASYNC + "Work.java",
                                "running = Thread.currentThread();",
                                "",
                                List.of("a function runs on two threads at once"))),
                callers(
                        "work that queues itself",
                        "workThatQueuesItself",
                        new Fault(
                                "cancelSync() does not wait for a run",
                                ASYNC + "Work.java",
                                "queue.await(\"who cancels \" + this + \" waits for its run\","
                                        + " end);",
                                "",
                                List.of(
                                        "after cancelSync(): a function still runs or a function"
                                                + " used what was freed"))),
                callers(
                        "timers",
                        "timers",
                        new Fault(
                                "a run does not say that it runs",
                                ASYNC + "DeviceTimer.java",
                                "running = Thread.currentThread();",
                                "",
                                List.of("a function runs on two threads at once"))),
                callers(
                        "cancel callbacks",
                        "cancelCallbacks",
                        new Fault(
                                "a call does not wait for its callback",
                                GATE + "CancelCallback.java",
                                "while (!isDone()) {",
                                "while (!isDone() && interrupted) {",
                                List.of("a callback runs on after its call"))));
    }

    private static FrayCase gate(String name, String method, Fault fault) {
        return new FrayCase(name, GateCases.class, method, List.of(fault));
    }

    private static FrayCase nested(String name, String method, Fault fault) {
        return new FrayCase(name, NestedCases.class, method, List.of(fault));
    }

    private static FrayCase callers(String name, String method, Fault fault) {
        return new FrayCase(name, CallerCases.class, method, List.of(fault));
    }
}

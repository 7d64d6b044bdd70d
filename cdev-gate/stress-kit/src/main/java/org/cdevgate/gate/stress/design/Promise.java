package org.cdevgate.gate.stress.design;

import java.util.List;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.ScriptFailure;

/** The promises of docs/protocol.md, each with the scenarios that ask for it. */
public enum Promise {
    /** The flag comes before any wait, and the teardown after all calls. */
    ORDER(
            1,
            "flag, name, wake, drain, files, teardown",
            RemovalScenarios::newCallDuringTheDrain,
            RemovalScenarios::openDuringTheDrain,
            RemovalScenarios::teardownIsLast),
    /** No driver code runs when the removal has returned. */
    NOTHING_RUNS(2, "on return nothing runs", RemovalScenarios::callInFlight),
    /** And that for each operation there is. */
    EVERY_VERB(3, "the framework gates every verb", RemovalScenarios::eachOperationInFlight),
    /** A second remover returns when the teardown has finished. */
    REMOVERS_MEET(4, "removers meet, all return at the end", RemovalScenarios::secondRemover),
    /** Who goes to sleep before, at or after the wake-up is woken. */
    NO_LOST_WAKE_UP(
            5,
            "no lost wake-up",
            SleepScenarios::sleeperIsWoken,
            SleepScenarios::sleeperComesAfterTheWakeUp),
    /** A driver that sleeps on the design's queues needs no hook. */
    WAKES_BY_ITSELF(
            6, "wakes by itself; sleep without a thread", SleepScenarios::sleeperWithoutAHook),
    /** Release runs once for each open file, and no removal waits for a close. */
    RELEASE_ONCE(
            7,
            "release once, by close or remover",
            FileScenarios::fileStaysOpen,
            FileScenarios::closeIsRunning),
    /** An old file never reaches a new device. */
    STAYS_DEAD(8, "old files stay dead", FileScenarios::numberIsUsedAgain),
    /** A removal from inside a call is found, and does not deadlock. */
    SELF_REMOVAL(9, "self-removal", CallScenarios::removalFromInside),
    /** A removal may be bounded, and tells who is inside. */
    BOUNDED_WAIT(10, "bounded wait, culprits", RemovalScenarios::removalWithALimit),
    /** A nested call never waits for a remover. */
    NESTED_CALLS(
            11, "nested calls", CallScenarios::nestedCall, CallScenarios::nestedCallDuringTheDrain),
    /** Threads that share a file do not disturb each other's accounting. */
    ACCOUNTED_BY_CALL(12, "accounted by the call", CallScenarios::twoThreadsShareAFile),
    /** A removal waits for no other device's calls. */
    OWN_CALLS_ONLY(13, "waits for own calls only", CallScenarios::anotherDeviceSleeps),
    /** A call waits for no other call; what it shares besides is for a benchmark. */
    NOTHING_SHARED(
            14, "entering shares nothing between threads", CallScenarios::callBesideASleeper),
    /** A removal ends also the sleeps that its calls are in on another device's queue. */
    ENDS_NESTED_SLEEPS(
            15, "ends its calls' sleeps in other devices", SleepScenarios::sleeperInAnotherDevice);

    /** What is played on a design. */
    private interface Asked {
        Outcome play(Design design);
    }

    private final int number;
    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // method references without state
    private final List<Asked> scenarios;

    Promise(int number, String text, Asked... scenarios) {
        this.number = number;
        this.text = text;
        this.scenarios = List.of(scenarios);
    }

    /** Its number in docs/protocol.md. */
    public int number() {
        return number;
    }

    /** What docs/protocol.md calls it. */
    public String text() {
        return text;
    }

    /**
     * Plays its scenarios on a design.
     *
     * @return broken if one of them shows that, or does not end in 20 s; not modelled if none of
     *     them could be played because the design does not model it; else kept
     * @throws ScriptFailure if a scenario could not be played otherwise: an error of the model's
     */
    public Answer ask(Design design) {
        if (design.leavesToTheDriver().contains(this)) {
            return new Answer(Answer.Verdict.NOT_MODELLED, "left to the driver");
        }
        Answer answer = null;
        for (Asked scenario : scenarios) {
            Answer next = ask(scenario, design);
            if (next.verdict() == Answer.Verdict.BROKEN) {
                return next;
            }
            if (answer == null || answer.verdict() == Answer.Verdict.NOT_MODELLED) {
                answer = next;
            }
        }
        return answer;
    }

    private static Answer ask(Asked scenario, Design design) {
        try {
            Outcome outcome = scenario.play(design);
            return new Answer(
                    outcome.forbidden() ? Answer.Verdict.BROKEN : Answer.Verdict.KEPT,
                    outcome.seen());
        } catch (NotModelledException e) {
            return new Answer(Answer.Verdict.NOT_MODELLED, e.getMessage());
        } catch (ScriptFailure e) {
            if (e.getCause() instanceof NotModelledException what) {
                return new Answer(Answer.Verdict.NOT_MODELLED, what.getMessage());
            }
            if (e.isLate()) {
                return new Answer(Answer.Verdict.BROKEN, "does not end: " + e.getMessage());
            }
            throw e;
        }
    }

    @Override
    public String toString() {
        return number + " " + text;
    }
}

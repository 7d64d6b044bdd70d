package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.stress.model.scenarios.CallAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.CloseAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.Doorbell;
import org.cdevgate.gate.stress.model.scenarios.OpenAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstBoth;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstWakeUp;
import org.cdevgate.gate.stress.model.scenarios.TwoCallsAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.TwoCloses;
import org.cdevgate.gate.stress.model.scenarios.TwoRemovals;
import org.cdevgate.gate.stress.peers.Peer;
import org.cdevgate.gate.stress.peers.RealGate;
import org.cdevgate.gate.stress.twins.CheckThenUse;
import org.cdevgate.gate.stress.twins.CountAfterCheck;
import org.cdevgate.gate.stress.twins.EntersSummedFirst;
import org.cdevgate.gate.stress.twins.LoserReturnsEarly;
import org.cdevgate.gate.stress.twins.OneWakeOnly;
import org.cdevgate.gate.stress.twins.SharedReadIndex;
import org.cdevgate.gate.stress.twins.WakeBeforeFlag;

/** Which scenarios are played on which gates. */
final class Questions {
    private Questions() {}

    /** On the real gate. */
    static List<Question> gate() {
        return List.of(
                new Question("call against removal", () -> new CallAgainstRemoval(RealGate::new)),
                new Question(
                        "two calls against removal",
                        () -> new TwoCallsAgainstRemoval(RealGate::new)),
                new Question("two removals", () -> new TwoRemovals(RealGate::new)),
                new Question("open against removal", OpenAgainstRemoval::new),
                new Question("close against removal", CloseAgainstRemoval::new),
                new Question("two closes", TwoCloses::new),
                new Question(
                        "sleep against removal, parked",
                        () -> new SleepAgainstRemoval(Doorbell::parked)),
                new Question(
                        "sleep against removal, without thread",
                        () -> new SleepAgainstRemoval(Doorbell::withoutThread)),
                new Question(
                        "sleep against wake-up, parked",
                        () -> new SleepAgainstWakeUp(Doorbell::parked)),
                new Question(
                        "sleep against wake-up, without thread",
                        () -> new SleepAgainstWakeUp(Doorbell::withoutThread)),
                new Question(
                        "sleep against both, parked", () -> new SleepAgainstBoth(Doorbell::parked)),
                new Question(
                        "sleep against both, without thread",
                        () -> new SleepAgainstBoth(Doorbell::withoutThread)));
    }

    /** On the gate's alternatives. */
    static List<Question> peers() {
        List<Question> questions = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            if (peer == Peer.REAL_GATE) {
                continue;
            }
            questions.add(
                    new Question(
                            peer + ": call against removal",
                            () -> new CallAgainstRemoval(peer::make)));
            questions.add(
                    new Question(
                            peer + ": two calls against removal",
                            () -> new TwoCallsAgainstRemoval(peer::make)));
            questions.add(new Question(peer + ": two removals", () -> new TwoRemovals(peer::make)));
        }
        return questions;
    }

    /** On the broken twins. */
    static List<Question> twins() {
        return List.of(
                new Question("check, then use", () -> new CallAgainstRemoval(CheckThenUse::new)),
                new Question(
                        "flag checked before the count is raised",
                        () -> new CallAgainstRemoval(CountAfterCheck::new)),
                new Question(
                        "read index kept in the open file",
                        () -> new TwoCallsAgainstRemoval(SharedReadIndex::new)),
                new Question(
                        "enters summed before exits",
                        () -> new TwoCallsAgainstRemoval(EntersSummedFirst::new)),
                new Question("loser returns early", () -> new TwoRemovals(LoserReturnsEarly::new)),
                new Question(
                        "wake before flag", () -> new SleepAgainstRemoval(WakeBeforeFlag::new)),
                new Question("one wake only", () -> new SleepAgainstRemoval(OneWakeOnly::new)));
    }
}

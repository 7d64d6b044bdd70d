package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cdevgate.gate.stress.model.scenarios.AddAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.CallAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.CallThroughAnotherGateModel;
import org.cdevgate.gate.stress.model.scenarios.CallThroughTwoGatesModel;
import org.cdevgate.gate.stress.model.scenarios.ChildAgainstUnplugModel;
import org.cdevgate.gate.stress.model.scenarios.CloseAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.ExclusiveSleepersModel;
import org.cdevgate.gate.stress.model.scenarios.ExitAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.HoldAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.HoldReleasedMeanwhileModel;
import org.cdevgate.gate.stress.model.scenarios.Hook;
import org.cdevgate.gate.stress.model.scenarios.LateReleaseAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.LinkAgainstUnplugModel;
import org.cdevgate.gate.stress.model.scenarios.ListenerAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.ManagedAgainstUnbindModel;
import org.cdevgate.gate.stress.model.scenarios.ModelDoorbell;
import org.cdevgate.gate.stress.model.scenarios.NestedCallAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.NestedDoorbell;
import org.cdevgate.gate.stress.model.scenarios.OpenAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.ParentAndChildModel;
import org.cdevgate.gate.stress.model.scenarios.PollAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.PollAgainstWakeUpModel;
import org.cdevgate.gate.stress.model.scenarios.ProbeAgainstUnbindModel;
import org.cdevgate.gate.stress.model.scenarios.RemovalForACallModel;
import org.cdevgate.gate.stress.model.scenarios.RemovalInOrderModel;
import org.cdevgate.gate.stress.model.scenarios.RequestAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.RequestAgainstTwoWakeUpsModel;
import org.cdevgate.gate.stress.model.scenarios.RequestAgainstWakeUpModel;
import org.cdevgate.gate.stress.model.scenarios.SignalAgainstBothModel;
import org.cdevgate.gate.stress.model.scenarios.SignalAgainstWakeUpModel;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstBothModel;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstWakeUpModel;
import org.cdevgate.gate.stress.model.scenarios.TwoCallsAgainstRemovalModel;
import org.cdevgate.gate.stress.model.scenarios.TwoClosesModel;
import org.cdevgate.gate.stress.model.scenarios.TwoFirstCallsModel;
import org.cdevgate.gate.stress.model.scenarios.TwoGroupsModel;
import org.cdevgate.gate.stress.model.scenarios.TwoHalvesModel;
import org.cdevgate.gate.stress.model.scenarios.TwoRemovalsModel;
import org.cdevgate.gate.stress.model.scenarios.TwoUnbindsModel;
import org.cdevgate.gate.stress.model.scenarios.UseAgainstRevocationModel;
import org.cdevgate.gate.stress.peers.Peer;
import org.cdevgate.gate.stress.peers.RealGate;
import org.cdevgate.gate.stress.twins.CheckThenUse;
import org.cdevgate.gate.stress.twins.CountAfterCheck;
import org.cdevgate.gate.stress.twins.EntersSummedFirst;
import org.cdevgate.gate.stress.twins.LeavesOutTheThread;
import org.cdevgate.gate.stress.twins.LoserReturnsEarly;
import org.cdevgate.gate.stress.twins.OneWakeOnly;
import org.cdevgate.gate.stress.twins.OwnQueueOnly;
import org.cdevgate.gate.stress.twins.SharedReadIndex;
import org.cdevgate.gate.stress.twins.WakeBeforeFlag;

/** Which scenarios are played on which gates. */
final class Questions {
    private static final Set<String> TRACED =
            Set.of(
                    "first call against removal",
                    "two calls against removal",
                    "exit against removal",
                    "two removals");

    private Questions() {}

    /** Some of {@link #gate()} again; the notes of a removal are explored there as all else is. */
    static List<Question> traced() {
        return gate().stream()
                .filter(each -> TRACED.contains(each.name()))
                .map(each -> new Question(each.name() + ", and its notes", each.model()))
                .toList();
    }

    /** On the real gate, and what is around it. */
    static List<Question> gate() {
        return List.of(
                new Question(
                        "first call against removal",
                        () -> CallAgainstRemovalModel.firstCall(RealGate::new)),
                new Question(
                        "later call against removal",
                        () -> CallAgainstRemovalModel.laterCall(RealGate::new)),
                new Question(
                        "two calls against removal",
                        () -> new TwoCallsAgainstRemovalModel(RealGate::new)),
                new Question(
                        "exit against removal", () -> new ExitAgainstRemovalModel(RealGate::new)),
                new Question("two first calls", TwoFirstCallsModel::new),
                new Question("nested call against removal", NestedCallAgainstRemovalModel::new),
                new Question("hold against removal", HoldAgainstRemovalModel::new),
                new Question("hold released meanwhile", HoldReleasedMeanwhileModel::new),
                new Question("two removals", () -> new TwoRemovalsModel(RealGate::new)),
                new Question("two halves", TwoHalvesModel::new),
                new Question(
                        "removal for a call that ends",
                        () -> new RemovalForACallModel(RealGate::new)),
                new Question("removal in order", RemovalInOrderModel::new),
                new Question("listener against removal", ListenerAgainstRemovalModel::new),
                new Question("call through another gate", CallThroughAnotherGateModel::new),
                new Question("call through two gates", CallThroughTwoGatesModel::new),
                new Question("two groups", TwoGroupsModel::new),
                new Question("parent and child", ParentAndChildModel::new),
                new Question("open against removal", OpenAgainstRemovalModel::new),
                new Question("close against removal", CloseAgainstRemovalModel::new),
                new Question("late release against removal", LateReleaseAgainstRemovalModel::new),
                new Question("two closes", TwoClosesModel::new),
                new Question(
                        "sleep against removal, parked",
                        () -> new SleepAgainstRemovalModel(ModelDoorbell::parked)),
                new Question(
                        "sleep against removal, with lock",
                        () -> new SleepAgainstRemovalModel(ModelDoorbell::withLock)),
                new Question(
                        "sleep against removal, without thread",
                        () -> new SleepAgainstRemovalModel(ModelDoorbell::withoutThread)),
                new Question(
                        "sleep against removal, parked in another",
                        () ->
                                new SleepAgainstRemovalModel(
                                        NestedDoorbell.with(ModelDoorbell::parked))),
                new Question(
                        "sleep against removal, in another with lock",
                        () ->
                                new SleepAgainstRemovalModel(
                                        NestedDoorbell.with(ModelDoorbell::withLock))),
                new Question(
                        "sleep against removal, in another without thread",
                        () ->
                                new SleepAgainstRemovalModel(
                                        NestedDoorbell.with(ModelDoorbell::withoutThread))),
                new Question(
                        "sleep against both, parked in another",
                        () ->
                                new SleepAgainstBothModel(
                                        NestedDoorbell.with(ModelDoorbell::parked))),
                new Question(
                        "sleep against wake-up, parked",
                        () -> new SleepAgainstWakeUpModel(ModelDoorbell::parked)),
                new Question(
                        "sleep against wake-up, with lock",
                        () -> new SleepAgainstWakeUpModel(ModelDoorbell::withLock)),
                new Question(
                        "sleep against wake-up, without thread",
                        () -> new SleepAgainstWakeUpModel(ModelDoorbell::withoutThread)),
                new Question(
                        "sleep against both, parked",
                        () -> new SleepAgainstBothModel(ModelDoorbell::parked)),
                new Question(
                        "sleep against both, without thread",
                        () -> new SleepAgainstBothModel(ModelDoorbell::withoutThread)),
                new Question(
                        "sleep against removal, hook",
                        () -> new SleepAgainstRemovalModel(Hook::new)),
                new Question(
                        "sleep against both, hook", () -> new SleepAgainstBothModel(Hook::new)),
                new Question("exclusive sleepers", ExclusiveSleepersModel::new),
                new Question("signal against wake-up", SignalAgainstWakeUpModel::new),
                new Question("request against wake-up", RequestAgainstWakeUpModel::new),
                new Question("request against two wake-ups", RequestAgainstTwoWakeUpsModel::new),
                new Question("request against removal", RequestAgainstRemovalModel::new),
                new Question("signal against both", SignalAgainstBothModel::new),
                new Question("poll against wake-up", PollAgainstWakeUpModel::new),
                new Question("poll against removal", PollAgainstRemovalModel::new),
                new Question("use against revocation", UseAgainstRevocationModel::new),
                new Question("managed resources against unbinding", ManagedAgainstUnbindModel::new),
                new Question("probe against unbinding", ProbeAgainstUnbindModel::new),
                new Question("two unbinds", TwoUnbindsModel::new),
                new Question("child against unplugging", ChildAgainstUnplugModel::new),
                new Question("link against unplugging", LinkAgainstUnplugModel::new),
                new Question("publication against removal", AddAgainstRemovalModel::new));
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
                            () -> CallAgainstRemovalModel.firstCall(peer::make)));
            questions.add(
                    new Question(
                            peer + ": two calls against removal",
                            () -> new TwoCallsAgainstRemovalModel(peer::make)));
            questions.add(
                    new Question(peer + ": two removals", () -> new TwoRemovalsModel(peer::make)));
        }
        return questions;
    }

    /** On the broken twins. */
    static List<Twin> twins() {
        String late = "a call used the device after its teardown";
        List<String> asleep = List.of("WAIT at SleepQueue.sleepUnless", "WAIT at CallCount.await");
        return List.of(
                Twin.breaking(
                        late,
                        new Question(
                                "check, then use",
                                () -> CallAgainstRemovalModel.firstCall(CheckThenUse::new))),
                Twin.breaking(
                        late,
                        new Question(
                                "flag checked before the count is raised",
                                () -> CallAgainstRemovalModel.firstCall(CountAfterCheck::new))),
                Twin.hanging(
                        List.of("WAIT at CallCount.await"), // for one exit that was lost
                        new Question(
                                "read index kept in the open file",
                                () -> new TwoCallsAgainstRemovalModel(SharedReadIndex::new))),
                Twin.breaking(
                        late,
                        new Question(
                                "enters summed before exits",
                                () -> new TwoCallsAgainstRemovalModel(EntersSummedFirst::new))),
                new Twin(
                        new Question(
                                "left out by thread, not by call",
                                () -> new RemovalForACallModel(LeavesOutTheThread::new)),
                        ModelFinding.Kind.BROKEN,
                        List.of(late, "the teardown ran while a call used the device")),
                Twin.breaking(
                        "a remover came back before the teardown had finished",
                        new Question(
                                "loser returns early",
                                () -> new TwoRemovalsModel(LoserReturnsEarly::new))),
                Twin.hanging(
                        asleep,
                        new Question(
                                "wake before flag",
                                () -> new SleepAgainstRemovalModel(WakeBeforeFlag::new))),
                Twin.hanging(
                        asleep,
                        new Question(
                                "one wake only",
                                () -> new SleepAgainstRemovalModel(OneWakeOnly::new))),
                Twin.hanging(
                        asleep,
                        new Question(
                                "own queue only",
                                () -> new SleepAgainstRemovalModel(OwnQueueOnly::new))));
    }
}

package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cdevgate.gate.stress.model.scenarios.AddAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.CallAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.CallThroughAnotherGate;
import org.cdevgate.gate.stress.model.scenarios.CallThroughTwoGates;
import org.cdevgate.gate.stress.model.scenarios.ChildAgainstUnplug;
import org.cdevgate.gate.stress.model.scenarios.CloseAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.Doorbell;
import org.cdevgate.gate.stress.model.scenarios.ExclusiveSleepers;
import org.cdevgate.gate.stress.model.scenarios.ExitAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.HoldAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.HoldReleasedMeanwhile;
import org.cdevgate.gate.stress.model.scenarios.Hook;
import org.cdevgate.gate.stress.model.scenarios.LateReleaseAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.LinkAgainstUnplug;
import org.cdevgate.gate.stress.model.scenarios.ListenerAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.ManagedAgainstUnbind;
import org.cdevgate.gate.stress.model.scenarios.NestedCallAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.NestedDoorbell;
import org.cdevgate.gate.stress.model.scenarios.OpenAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.ParentAndChild;
import org.cdevgate.gate.stress.model.scenarios.PollAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.PollAgainstWakeUp;
import org.cdevgate.gate.stress.model.scenarios.ProbeAgainstUnbind;
import org.cdevgate.gate.stress.model.scenarios.RemovalForACall;
import org.cdevgate.gate.stress.model.scenarios.RemovalInOrder;
import org.cdevgate.gate.stress.model.scenarios.RequestAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.RequestAgainstTwoWakeUps;
import org.cdevgate.gate.stress.model.scenarios.RequestAgainstWakeUp;
import org.cdevgate.gate.stress.model.scenarios.SignalAgainstBoth;
import org.cdevgate.gate.stress.model.scenarios.SignalAgainstWakeUp;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstBoth;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.SleepAgainstWakeUp;
import org.cdevgate.gate.stress.model.scenarios.TwoCallsAgainstRemoval;
import org.cdevgate.gate.stress.model.scenarios.TwoCloses;
import org.cdevgate.gate.stress.model.scenarios.TwoFirstCalls;
import org.cdevgate.gate.stress.model.scenarios.TwoGroups;
import org.cdevgate.gate.stress.model.scenarios.TwoHalves;
import org.cdevgate.gate.stress.model.scenarios.TwoRemovals;
import org.cdevgate.gate.stress.model.scenarios.TwoUnbinds;
import org.cdevgate.gate.stress.model.scenarios.UseAgainstRevocation;
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
                        () -> CallAgainstRemoval.firstCall(RealGate::new)),
                new Question(
                        "later call against removal",
                        () -> CallAgainstRemoval.laterCall(RealGate::new)),
                new Question(
                        "two calls against removal",
                        () -> new TwoCallsAgainstRemoval(RealGate::new)),
                new Question("exit against removal", () -> new ExitAgainstRemoval(RealGate::new)),
                new Question("two first calls", TwoFirstCalls::new),
                new Question("nested call against removal", NestedCallAgainstRemoval::new),
                new Question("hold against removal", HoldAgainstRemoval::new),
                new Question("hold released meanwhile", HoldReleasedMeanwhile::new),
                new Question("two removals", () -> new TwoRemovals(RealGate::new)),
                new Question("two halves", TwoHalves::new),
                new Question(
                        "removal for a call that ends", () -> new RemovalForACall(RealGate::new)),
                new Question("removal in order", RemovalInOrder::new),
                new Question("listener against removal", ListenerAgainstRemoval::new),
                new Question("call through another gate", CallThroughAnotherGate::new),
                new Question("call through two gates", CallThroughTwoGates::new),
                new Question("two groups", TwoGroups::new),
                new Question("parent and child", ParentAndChild::new),
                new Question("open against removal", OpenAgainstRemoval::new),
                new Question("close against removal", CloseAgainstRemoval::new),
                new Question("late release against removal", LateReleaseAgainstRemoval::new),
                new Question("two closes", TwoCloses::new),
                new Question(
                        "sleep against removal, parked",
                        () -> new SleepAgainstRemoval(Doorbell::parked)),
                new Question(
                        "sleep against removal, with lock",
                        () -> new SleepAgainstRemoval(Doorbell::withLock)),
                new Question(
                        "sleep against removal, without thread",
                        () -> new SleepAgainstRemoval(Doorbell::withoutThread)),
                new Question(
                        "sleep against removal, parked in another",
                        () -> new SleepAgainstRemoval(NestedDoorbell.with(Doorbell::parked))),
                new Question(
                        "sleep against removal, in another with lock",
                        () -> new SleepAgainstRemoval(NestedDoorbell.with(Doorbell::withLock))),
                new Question(
                        "sleep against removal, in another without thread",
                        () ->
                                new SleepAgainstRemoval(
                                        NestedDoorbell.with(Doorbell::withoutThread))),
                new Question(
                        "sleep against both, parked in another",
                        () -> new SleepAgainstBoth(NestedDoorbell.with(Doorbell::parked))),
                new Question(
                        "sleep against wake-up, parked",
                        () -> new SleepAgainstWakeUp(Doorbell::parked)),
                new Question(
                        "sleep against wake-up, with lock",
                        () -> new SleepAgainstWakeUp(Doorbell::withLock)),
                new Question(
                        "sleep against wake-up, without thread",
                        () -> new SleepAgainstWakeUp(Doorbell::withoutThread)),
                new Question(
                        "sleep against both, parked", () -> new SleepAgainstBoth(Doorbell::parked)),
                new Question(
                        "sleep against both, without thread",
                        () -> new SleepAgainstBoth(Doorbell::withoutThread)),
                new Question(
                        "sleep against removal, hook", () -> new SleepAgainstRemoval(Hook::new)),
                new Question("sleep against both, hook", () -> new SleepAgainstBoth(Hook::new)),
                new Question("exclusive sleepers", ExclusiveSleepers::new),
                new Question("signal against wake-up", SignalAgainstWakeUp::new),
                new Question("request against wake-up", RequestAgainstWakeUp::new),
                new Question("request against two wake-ups", RequestAgainstTwoWakeUps::new),
                new Question("request against removal", RequestAgainstRemoval::new),
                new Question("signal against both", SignalAgainstBoth::new),
                new Question("poll against wake-up", PollAgainstWakeUp::new),
                new Question("poll against removal", PollAgainstRemoval::new),
                new Question("use against revocation", UseAgainstRevocation::new),
                new Question("managed resources against unbinding", ManagedAgainstUnbind::new),
                new Question("probe against unbinding", ProbeAgainstUnbind::new),
                new Question("two unbinds", TwoUnbinds::new),
                new Question("child against unplugging", ChildAgainstUnplug::new),
                new Question("link against unplugging", LinkAgainstUnplug::new),
                new Question("publication against removal", AddAgainstRemoval::new));
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
                            () -> CallAgainstRemoval.firstCall(peer::make)));
            questions.add(
                    new Question(
                            peer + ": two calls against removal",
                            () -> new TwoCallsAgainstRemoval(peer::make)));
            questions.add(new Question(peer + ": two removals", () -> new TwoRemovals(peer::make)));
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
                                () -> CallAgainstRemoval.firstCall(CheckThenUse::new))),
                Twin.breaking(
                        late,
                        new Question(
                                "flag checked before the count is raised",
                                () -> CallAgainstRemoval.firstCall(CountAfterCheck::new))),
                Twin.hanging(
                        List.of("WAIT at CallCount.await"), // for one exit that was lost
                        new Question(
                                "read index kept in the open file",
                                () -> new TwoCallsAgainstRemoval(SharedReadIndex::new))),
                Twin.breaking(
                        late,
                        new Question(
                                "enters summed before exits",
                                () -> new TwoCallsAgainstRemoval(EntersSummedFirst::new))),
                new Twin(
                        new Question(
                                "left out by thread, not by call",
                                () -> new RemovalForACall(LeavesOutTheThread::new)),
                        Finding.Kind.BROKEN,
                        List.of(late, "the teardown ran while a call used the device")),
                Twin.breaking(
                        "a remover came back before the teardown had finished",
                        new Question(
                                "loser returns early",
                                () -> new TwoRemovals(LoserReturnsEarly::new))),
                Twin.hanging(
                        asleep,
                        new Question(
                                "wake before flag",
                                () -> new SleepAgainstRemoval(WakeBeforeFlag::new))),
                Twin.hanging(
                        asleep,
                        new Question(
                                "one wake only", () -> new SleepAgainstRemoval(OneWakeOnly::new))),
                Twin.hanging(
                        asleep,
                        new Question(
                                "own queue only",
                                () -> new SleepAgainstRemoval(OwnQueueOnly::new))));
    }
}

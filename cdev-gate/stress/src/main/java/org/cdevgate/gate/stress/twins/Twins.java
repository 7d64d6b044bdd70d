package org.cdevgate.gate.stress.twins;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.peers.ActingGate;
import org.cdevgate.gate.stress.peers.Peer;
import org.cdevgate.gate.stress.peers.RealGate;
import org.cdevgate.gate.stress.peers.RemovableGate;
import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.Maker;
import org.cdevgate.gate.stress.script.WrongDesign;

/** All broken twins. */
public final class Twins {
    private static final String DRAINED =
            "2: when the removal returns, no code of the driver runs or can start";
    private static final String TICKETS = "12: accounting is per call, never in the open file";
    private static final String REMOVERS = "4: each remover returns after the teardown";
    private static final String WAKE_UPS = "5: no lost wake-up";

    private static final String NESTED = "15: a removal wakes every sleep of its calls";

    private static final String BOTH_ASLEEP =
            SleeperScenarios.SLEPT_ON
                    + "sleeper in SleepQueue.sleepUnless, remover in CallCount.await";

    private Twins() {}

    /** In the order in which they are told in docs/stress.md. */
    public static List<WrongDesign<?>> all() {
        return List.of(
                new WrongDesign<>(
                        "check, then use",
                        DRAINED,
                        GateStage.USED_TOO_LATE,
                        GateScenarios::removalAfterTheLook,
                        (teardown, points) -> new CheckThenUse(teardown),
                        peers()),
                new WrongDesign<>(
                        "flag checked before the count is raised",
                        DRAINED,
                        GateStage.USED_TOO_LATE,
                        GateScenarios::removalAfterTheLook,
                        CountAfterCheck::new,
                        peers()),
                new WrongDesign<>(
                        "read index kept in the open file",
                        TICKETS,
                        GateStage.USED_TOO_LATE,
                        GateScenarios::threeShareAFile,
                        SharedReadIndex::new,
                        peers()),
                new WrongDesign<>(
                        "enters summed before exits",
                        DRAINED,
                        GateStage.USED_TOO_LATE,
                        GateScenarios::refusedBetweenTheSums,
                        EntersSummedFirst::new,
                        peers()),
                new WrongDesign<>(
                        "left out by thread, not by call",
                        TICKETS,
                        GateScenarios.NEXT_LEFT_OUT,
                        GateScenarios::callEndsAfterTheLook,
                        LeavesOutTheThread::new,
                        realGate()),
                new WrongDesign<>(
                        "loser returns early",
                        REMOVERS,
                        GateScenarios.BACK_TOO_EARLY,
                        GateScenarios::secondRemover,
                        (teardown, points) -> new LoserReturnsEarly(teardown),
                        peers()),
                new WrongDesign<>(
                        "wake before flag",
                        WAKE_UPS,
                        BOTH_ASLEEP,
                        SleeperScenarios::sleepBetweenWakeAndFlag,
                        WakeBeforeFlag::new,
                        sleepers()),
                new WrongDesign<>(
                        "one wake only",
                        WAKE_UPS,
                        BOTH_ASLEEP,
                        SleeperScenarios::sleepAfterTheWake,
                        OneWakeOnly::new,
                        Map.of(
                                "real gate, wake hook",
                                WakeHookGate::new,
                                "real gate, asleep in another",
                                NestedGate::new)),
                new WrongDesign<>(
                        "own queue only",
                        NESTED,
                        BOTH_ASLEEP,
                        SleeperScenarios::asleepInAnother,
                        OwnQueueOnly::new,
                        Map.of("real gate, asleep in another", NestedGate::new)));
    }

    private static Map<String, Maker<RemovableGate>> peers() {
        Map<String, Maker<RemovableGate>> peers = new LinkedHashMap<>();
        for (Peer peer : Peer.values()) {
            peers.put(peer.toString(), (teardown, points) -> peer.make(teardown));
        }
        return peers;
    }

    private static Map<String, Maker<ActingGate>> realGate() {
        return Map.of("real gate", (teardown, points) -> new RealGate(teardown));
    }

    private static Map<String, Maker<SleepingGate>> sleepers() {
        Map<String, Maker<SleepingGate>> gates = new LinkedHashMap<>();
        gates.put("real gate, wait queue", WaitQueueGate::new);
        gates.put("real gate, wake hook", WakeHookGate::new);
        gates.put("real gate, asleep in another", NestedGate::new);
        return gates;
    }
}

package org.cdevgate.gate.stress.proposals;

import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.script.Scenario;
import org.cdevgate.gate.stress.script.WrongDesign;

/** The proposals, each with what it breaks. */
public final class Proposals {
    private static final Cdev.Maker REVOCABLE = (minor, driver) -> new RevocableCdev(driver);
    private static final Cdev.Maker QUEUED = (minor, driver) -> new QueuedCdev(driver);
    private static final Cdev.Maker SYNC = (minor, driver) -> new SyncCdev(driver);

    private Proposals() {}

    /** In the order in which they are told in docs/stress.md. */
    public static List<WrongDesign<?>> all() {
        return List.of(
                design(
                        "revocable",
                        "12: accounting is per call, never in the open file",
                        "no call is inside, and the removal waits for one for ever: remover in"
                                + " Srcu.awaitReaders",
                        ProposalScenarios::twoThreadsShareAFile,
                        REVOCABLE),
                design(
                        "misc_sync, a sleeper",
                        "13: one device never waits for another one's calls",
                        "an idle device is not removed until another one's read ends: remover in"
                                + " MiscSyncCdev.remove",
                        ProposalScenarios::anotherDeviceSleeps,
                        MiscSyncCdev::new),
                design(
                        "misc_sync, a minor used again",
                        "8: a dead file stays dead",
                        "a file of the removed device reads from its successor",
                        ProposalScenarios::numberIsUsedAgain,
                        MiscSyncCdev::new),
                design(
                        "cdev_register_queued",
                        "3: every verb is gated",
                        "a read used the device after its teardown",
                        ProposalScenarios::readInFlight,
                        QUEUED),
                design(
                        "cdev_sync, a sleeper",
                        "5: no lost wake-up",
                        "a read was woken, saw no flag and slept on, and both wait for ever: reader"
                                + " in SleepingDriver.read, remover in RwSemaphore.downWrite",
                        ProposalScenarios::sleeperAsksForTheFlag,
                        SYNC),
                design(
                        "cdev_sync, a new call",
                        "1: the flag comes before any wait, so new calls fail at once",
                        "a new call waits for the call that the removal waits for: newcomer in"
                                + " RwSemaphore.downRead, remover in RwSemaphore.downWrite",
                        ProposalScenarios::newCallDuringTheDrain,
                        SYNC),
                design(
                        "cdev_sync, a nested call",
                        "11: nested calls never block behind a remover",
                        "a nested call waits for the remover, which waits for the call: reader in"
                                + " RwSemaphore.downRead, remover in RwSemaphore.downWrite",
                        ProposalScenarios::nestedCallDuringTheDrain,
                        SYNC));
    }

    private static WrongDesign<Cdev.Maker> design(
            String name,
            String promise,
            String shows,
            Scenario<Cdev.Maker> scenario,
            Cdev.Maker maker) {
        return new WrongDesign<>(
                name, promise, shows, scenario, maker, Map.of("real gate", GatedCdev::new));
    }
}

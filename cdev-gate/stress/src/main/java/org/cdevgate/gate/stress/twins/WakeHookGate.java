package org.cdevgate.gate.stress.twins;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.PausePoints;

/** The real gate with the driver of {@link OneWakeOnly}, whose wake-up is its hook. */
final class WakeHookGate implements SleepingGate {
    private final PausePoints points;
    private final SleepQueue queue = new SleepQueue();
    private final FopsGate gate;
    private volatile boolean woken;

    WakeHookGate(Runnable teardown, PausePoints points) {
        this.points = points;
        gate =
                FopsGate.builder("sleeper", new FileOperations() {})
                        .wakeHook(
                                () -> {
                                    queue.wakeAll();
                                    points.at(SleeperScenarios.WOKEN);
                                })
                        .onTeardown(teardown::run)
                        .build();
    }

    @Override
    public boolean sleep() {
        long ticket;
        try {
            ticket = gate.enter();
        } catch (ErrnoException e) {
            return false; // ENODEV, its only one
        }
        try {
            while (!woken && !gate.isRemoving()) {
                points.at(SleeperScenarios.BEFORE_SLEEP);
                queue.sleepUnless(() -> woken);
            }
            return woken;
        } finally {
            gate.exit(ticket);
        }
    }

    @Override
    public void wake() {
        woken = true;
        queue.wakeAll();
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }
}

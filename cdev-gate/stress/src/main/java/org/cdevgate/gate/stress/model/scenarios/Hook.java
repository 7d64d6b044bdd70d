package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.stress.peers.SleepingGate;

/**
 * A device on the real gate whose calls sleep in the driver's own way, which knows nothing of the
 * flag: its wake hook is what ends their sleep, and it has to be called until it does.
 */
public final class Hook implements SleepingGate {
    private final FopsGate gate;
    private volatile boolean rung;
    private long wakeUps; // guarded by this

    public Hook(Runnable teardown) {
        gate =
                FopsGate.builder("hooked", new FileOperations() {})
                        .wakeHook(this::wakeAll)
                        .onTeardown(teardown::run)
                        .build();
    }

    private synchronized void wakeAll() {
        wakeUps++;
        notifyAll();
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
            while (!rung && !gate.isRemoving()) {
                sleepUntilWoken();
            }
            return rung;
        } finally {
            gate.exit(ticket);
        }
    }

    private synchronized void sleepUntilWoken() {
        long before = wakeUps;
        while (!rung && wakeUps == before) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted, and nobody does that", e);
            }
        }
    }

    @Override
    public void wake() {
        rung = true;
        wakeAll();
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }
}

package org.cdevgate.gate.stress.twins;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cdevgate.gate.stress.peers.RemovableGate;

/**
 * <b>Broken</b>: a remover that finds another one at work returns at once. It is what an idempotent
 * {@code if (test_and_set_bit(REMOVED)) return;} does. Its caller then frees what the first
 * remover's teardown still uses.
 */
public final class LoserReturnsEarly implements RemovableGate {
    private final Runnable teardown;
    private final CallCount calls = new CallCount();
    private final AtomicBoolean removing = new AtomicBoolean();

    public LoserReturnsEarly(Runnable teardown) {
        this.teardown = teardown;
    }

    @Override
    public long enter() {
        calls.up();
        if (removing.get()) {
            calls.down();
            return 0;
        }
        return 1;
    }

    @Override
    public void exit(long ticket) {
        calls.down();
    }

    @Override
    public boolean unregisterSync() {
        if (!removing.compareAndSet(false, true)) {
            return false;
        }
        calls.awaitNone();
        teardown.run();
        return true;
    }
}

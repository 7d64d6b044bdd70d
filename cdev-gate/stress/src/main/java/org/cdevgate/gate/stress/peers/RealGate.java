package org.cdevgate.gate.stress.peers;

import java.util.Objects;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.removal.SelfRemoval;

/** {@link FopsGate} as it is. It keeps every promise that the others are measured by. */
public final class RealGate implements ActingGate {
    private final FopsGate gate;

    public RealGate(Runnable teardown) {
        Objects.requireNonNull(teardown, "the teardown");
        gate =
                FopsGate.builder("device", new FileOperations() {})
                        .onTeardown(teardown::run)
                        .build();
    }

    @Override
    public long enter() {
        try {
            return gate.enter();
        } catch (ErrnoException e) {
            return 0; // ENODEV, its only one
        }
    }

    @Override
    public void exit(long ticket) {
        gate.exit(ticket);
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }

    @Override
    public boolean unregisterFor(long ticket) {
        return gate.unregisterSync(SelfRemoval.LEAVE_OUT, ticket);
    }
}

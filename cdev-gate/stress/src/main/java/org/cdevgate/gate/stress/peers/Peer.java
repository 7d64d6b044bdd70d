package org.cdevgate.gate.stress.peers;

import java.util.function.Function;

/** The real gate and its alternatives, by name. */
public enum Peer {
    REAL_GATE(RealGate::new),
    READ_WRITE_LOCK(ReadWriteLockGate::new),
    SHARED_COUNTER(SharedCounterGate::new),
    STRIPED_COUNTERS(StripedCounterGate::new),
    GLOBAL_LOCK(GlobalLockGate::new);

    @SuppressWarnings("ImmutableEnumChecker") // only ever a constructor
    private final Function<Runnable, RemovableGate> maker;

    Peer(Function<Runnable, RemovableGate> maker) {
        this.maker = maker;
    }

    /**
     * A gate for one device.
     *
     * @param teardown run once, by the remover, when no call is in flight
     */
    public RemovableGate make(Runnable teardown) {
        return maker.apply(teardown);
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}

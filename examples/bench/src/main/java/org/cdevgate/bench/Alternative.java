package org.cdevgate.bench;

import java.util.Locale;
import java.util.function.Function;
import org.cdevgate.gate.stress.peers.Peer;
import org.cdevgate.gate.stress.peers.RemovableGate;

/** The designs that the gate is compared with: its peers of the stress tests, and two more. */
public enum Alternative {
    READ_WRITE_LOCK(Peer.READ_WRITE_LOCK::make),
    SHARED_COUNTER(Peer.SHARED_COUNTER::make),
    STRIPED_COUNTERS(Peer.STRIPED_COUNTERS::make),
    GLOBAL_LOCK(Peer.GLOBAL_LOCK::make),
    STAMPED_LOCK(StampedLockGate::new),
    LONG_ADDER_PAIR(LongAdderPairGate::new);

    @SuppressWarnings("ImmutableEnumChecker") // only ever a constructor
    private final Function<Runnable, RemovableGate> maker;

    Alternative(Function<Runnable, RemovableGate> maker) {
        this.maker = maker;
    }

    /**
     * A gate for one device.
     *
     * @param teardown run once, by the remover, when no call is in flight
     */
    RemovableGate make(Runnable teardown) {
        return maker.apply(teardown);
    }

    /** As the names of ratios have it. */
    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

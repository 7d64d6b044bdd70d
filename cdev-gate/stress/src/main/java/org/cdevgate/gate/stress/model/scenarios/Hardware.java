package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicInteger;

/** What a driver's calls use and its teardown takes away. */
final class Hardware {
    private final Witness witness;
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger teardowns = new AtomicInteger();
    private volatile boolean off;

    Hardware(Witness witness) {
        this.witness = witness;
    }

    /** What a verb does. */
    void use() {
        users.incrementAndGet();
        witness.require(!off, "a call used the device after its teardown");
        users.decrementAndGet();
    }

    void tearDown() {
        witness.require(users.get() == 0, "the teardown ran while a call used the device");
        witness.require(teardowns.incrementAndGet() == 1, "the teardown ran twice");
        off = true;
    }

    /** For a remover that has come back. */
    void checkOff() {
        witness.require(off, "a remover came back before the teardown had finished");
    }

    boolean isOff() {
        return off;
    }
}

package org.cdevgate.fuse.nodes;

import org.cdevgate.abi.Errno;
import org.cdevgate.fuse.session.HeldRequest;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.RequestSleeper;
import org.cdevgate.gate.Verb;

/** A request that sleeps on a driver's queue without a thread. */
final class SleepingCall extends RequestSleeper {
    private final HeldRequest held;

    SleepingCall(OpenFile file, Verb verb, HeldRequest held) {
        super(file, verb);
        this.held = held;
    }

    @Override
    protected void runAgain() {
        held.runAgain();
    }

    @Override
    protected void removed() {
        held.answer(Errno.ENODEV.number());
    }
}

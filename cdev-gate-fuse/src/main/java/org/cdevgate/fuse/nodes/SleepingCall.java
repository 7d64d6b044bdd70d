package org.cdevgate.fuse.nodes;

import org.cdevgate.fuse.session.HeldRequest;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.RequestSleeper;
import org.cdevgate.gate.Verb;

/** A request that sleeps on a driver's queue without a thread. */
final class SleepingCall extends RequestSleeper implements HeldRequest.Owner {
    private final Verb verb;
    private HeldRequest held;

    SleepingCall(OpenFile file, Verb verb) {
        super(file, verb);
        this.verb = verb;
    }

    /** Before it is put to sleep. */
    void of(HeldRequest request) {
        held = request;
    }

    @Override
    protected void runAgain() {
        held.runAgain();
    }

    @Override
    protected void removed(int answer) {
        held.answer(-answer);
    }

    @Override
    public boolean takeBack() {
        return wake();
    }

    @Override
    public boolean isRefused() {
        return file().gate().isRemoving();
    }

    @Override
    public void dropped() {
        if (verb == Verb.OPEN) {
            file().gate().close(file()); // it never came to be open
        }
    }
}

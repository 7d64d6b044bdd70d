package org.cdevgate.fuse.nodes;

import org.cdevgate.fuse.session.HeldRequest;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.RequestSleeper;
import org.cdevgate.gate.calls.Verb;

/** A request that sleeps on a driver's queue without a thread. */
final class SleepingCall extends RequestSleeper implements HeldRequest.Owner {
    private final Verb verb;
    private HeldRequest held;
    private Device device;
    private long offset; // of a write

    /** What the removal answered; -1 if it did not, or with an errno. */
    private volatile int result = -1;

    SleepingCall(OpenFile file, Verb verb) {
        super(file, verb);
        this.verb = verb;
    }

    /** Before it is put to sleep. */
    void of(HeldRequest request, Device entered, long position) {
        held = request;
        device = entered;
        offset = position;
    }

    @Override
    protected void runAgain() {
        held.runAgain();
    }

    @Override
    protected void removed(int answer) {
        if (answer < 0) {
            held.answer(-answer);
        } else {
            // Its reply has a form of its own, and maybe data: made where all others are.
            result = answer;
            held.runAgain();
        }
    }

    /** The removal's result, which the next run is to answer with; -1 if there is none. */
    int result() {
        return result;
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
        passOnWakeUp();
        if (moved() > 0) {
            device.writtenTo(offset + moved());
        }
        if (verb == Verb.OPEN) {
            file().gate().front().close(file()); // it never came to be open
        }
    }
}

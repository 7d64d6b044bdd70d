package org.cdevgate.fuse.nodes;

import org.cdevgate.fuse.session.HeldRequest;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.front.RequestSleeper;

/** A request that sleeps on a driver's queue without a thread. */
final class SleepingCall extends RequestSleeper implements HeldRequest.Owner {
    private final OpenFile file;
    private final Verb verb;
    private final HeldRequest held;
    private final Device device;
    private final long offset;

    /** What the removal answered; -1 if it did not, or with an errno. */
    private volatile int result = -1;

    /**
     * @param offset of a write
     */
    SleepingCall(OpenFile file, Verb verb, HeldRequest held, Device device, long offset) {
        this.file = file;
        this.verb = verb;
        this.held = held;
        this.device = device;
        this.offset = offset;
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

    OpenFile file() {
        return file;
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
        return file.gate().isRemoving();
    }

    @Override
    public void dropped() {
        passOnWakeUp();
        if (moved() > 0) {
            device.writtenTo(offset + moved());
        }
        if (verb == Verb.OPEN) {
            file.gate().front().close(file); // it never came to be open
        }
    }
}

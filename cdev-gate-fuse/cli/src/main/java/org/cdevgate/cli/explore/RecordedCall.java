package org.cdevgate.cli.explore;

import org.cdevgate.drivers.filter.CallMatch;

/**
 * A call that a program has made.
 *
 * @param call its verb, an ioctl's command, and the how many-th of these it was
 * @param slept whether its request has slept without a thread
 * @param answered whether it got an answer before the run's end
 */
record RecordedCall(CallMatch call, boolean slept, boolean answered) {
    RecordedCall asleep() {
        return new RecordedCall(call, true, false);
    }

    RecordedCall withAnswer() {
        return new RecordedCall(call, slept, true);
    }
}

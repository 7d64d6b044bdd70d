package org.cdevgate.fuse.nodes;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.HeldRequest;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/** Whether a worker's request may sleep, and how it goes to sleep. One per worker. */
final class RequestSleep {
    private final Exchange exchange;
    private final FuseCaller caller;

    RequestSleep(Exchange exchange, FuseCaller caller) {
        this.exchange = exchange;
        this.caller = caller;
    }

    /** ENOMEM where a call of the device must not be entered, as it might sleep. */
    void check(Device device) throws ErrnoException {
        if (!exchange.maySleep(device.share)) {
            throw Errno.ENOMEM.exception();
        }
        exchange.entering(device.pace);
    }

    /** As {@link #check}, of a page; a device that is going is not asked any more. */
    void checkAsPage(FopsGate gate) throws ErrnoException {
        if (!gate.isRemoving() && !exchange.maySleepAsPage()) {
            throw Errno.ENOMEM.exception();
        }
    }

    /**
     * The request goes to sleep on the queue that the verb named.
     *
     * @throws ErrnoException ENOMEM if there is no room for it, which only the first of its runs
     *     can find: no wake-up was meant for it
     */
    void begin(Device device, OpenFile file, Verb verb) throws ErrnoException {
        HeldRequest held = exchange.findable();
        long offset = verb == Verb.WRITE ? exchange.request().offset() : 0;
        SleepingCall sleeper = new SleepingCall(file, verb, held, device, offset);
        if (!exchange.hold(held, sleeper)) {
            throw Errno.ENOMEM.exception();
        }
        boolean told = false;
        try {
            boolean asleep = file.gate().front().sleep(sleeper, caller);
            caller.handedOver();
            if (asleep) {
                held.asleep();
            } else {
                held.runAgain(); // woken while the driver was looking, or unread data is there
            }
            told = true;
        } finally {
            if (!told) {
                held.answer(Errno.EIO.number());
                sleeper.takeBack();
                if (verb == Verb.OPEN) {
                    file.gate().front().close(file); // it never came to be open
                }
            }
        }
    }

    /** A request that was woken does not come to its driver again: its wake-up goes to another. */
    void neverReached() {
        if (exchange.owner() instanceof SleepingCall slept) {
            slept.dropped();
        }
    }
}

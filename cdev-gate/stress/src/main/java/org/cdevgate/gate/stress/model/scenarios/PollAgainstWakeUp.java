package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.PollEvents;

/** A process polls while what it waits for comes. */
public final class PollAgainstWakeUp extends Model {
    private final Doorbell bell = Doorbell.parked(() -> {});
    private final Poller poller = new Poller();

    public PollAgainstWakeUp() {
        super(2);
    }

    @Override
    public void first() {
        poller.poll(bell);
    }

    @Override
    public void second() {
        bell.wake();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(poller.isTold(PollEvents.POLLIN), "epoll_wait sleeps for ever with data there");
    }
}

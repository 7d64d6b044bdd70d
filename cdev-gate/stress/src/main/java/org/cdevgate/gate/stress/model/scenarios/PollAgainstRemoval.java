package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.PollEvents;

/** A process polls while the device is removed. */
public final class PollAgainstRemoval extends Model {
    private final Doorbell bell = Doorbell.parked(() -> {});
    private final Poller poller = new Poller();

    public PollAgainstRemoval() {
        super(2);
    }

    @Override
    public void first() {
        poller.poll(bell);
    }

    @Override
    public void second() {
        bell.unregisterSync();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(
                poller.isTold(PollEvents.POLLERR | PollEvents.POLLHUP),
                "epoll_wait sleeps for ever on a removed device");
    }
}

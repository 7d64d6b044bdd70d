package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.PollEvents;

/** A process polls while the device is removed. */
public final class PollAgainstRemovalModel extends Model {
    private final ModelDoorbell bell = ModelDoorbell.parked(() -> {});
    private final ModelPoller poller = new ModelPoller();

    public PollAgainstRemovalModel() {
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

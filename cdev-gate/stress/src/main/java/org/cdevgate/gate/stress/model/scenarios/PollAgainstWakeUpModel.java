package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.PollEvents;

/** A process polls while what it waits for comes. */
public final class PollAgainstWakeUpModel extends Model {
    private final ModelDoorbell bell = ModelDoorbell.parked(() -> {});
    private final ModelPoller poller = new ModelPoller();

    public PollAgainstWakeUpModel() {
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

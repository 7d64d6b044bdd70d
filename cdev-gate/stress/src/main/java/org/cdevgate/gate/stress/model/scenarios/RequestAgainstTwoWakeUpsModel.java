package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.Call;
import org.cdevgate.gate.stress.ThreadlessFront;

/**
 * What a front's request waits for comes between its look and its sleep, while another waker wakes
 * the queue for something else: of two wakers the one that came first may be the last to tell.
 */
public final class RequestAgainstTwoWakeUpsModel extends Model {
    private final ModelDoorbell bell = ModelDoorbell.withoutThread(() -> {});
    private final ThreadlessFront front = new ThreadlessFront();
    private final ModelRequest request = new ModelRequest();
    private boolean asleep;

    public RequestAgainstTwoWakeUpsModel() {
        super(2);
        new ModelRequest().readOrSleep(bell, new ThreadlessFront());
        bell.wakeForNothing(); // the queue has a list for the device from here on
    }

    /** The bell is rung here and not by a third thread, so that fewer switches are needed. */
    @Override
    public void first() {
        require(bell.read(front) == Call.WOULD_BLOCK, "a read has data that nobody has brought");
        bell.wake();
        asleep = bell.gate.front().sleep(request, front);
    }

    @Override
    public void second() {
        bell.wakeForNothing();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        if (asleep) {
            require(request.isToRunAgain(), "a request sleeps for ever with its data there");
            require(request.ends() == 1, "a request was woken twice");
        } else {
            require(request.ends() == 0, "a request was refused its sleep and then woken");
        }
    }
}

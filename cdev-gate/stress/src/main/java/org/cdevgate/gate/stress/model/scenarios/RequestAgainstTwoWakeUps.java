package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.Call;
import org.cdevgate.gate.stress.Front;

/**
 * A front's request goes to sleep while what it waits for comes, and another waker has woken the
 * queue for something else: of two wakers the one that came first may be the last to tell.
 */
public final class RequestAgainstTwoWakeUps extends Model {
    private final Doorbell bell = Doorbell.withoutThread(() -> {});
    private final Front front = new Front();
    private final Request request = new Request(bell.file);
    private int result;

    public RequestAgainstTwoWakeUps() {
        super(3);
    }

    @Override
    public void first() {
        result = request.readOrSleep(bell, front);
    }

    @Override
    public void second() {
        bell.wake();
    }

    @Override
    public void third() {
        bell.wakeForNothing();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        if (result == Call.WOULD_BLOCK) {
            require(request.isToRunAgain(), "a request sleeps for ever with its data there");
            require(request.ends() == 1, "a request was woken twice");
        } else {
            require(result == 1, "a read was answered with error " + -result);
            require(request.ends() == 0, "a request was answered and then woken");
        }
    }
}

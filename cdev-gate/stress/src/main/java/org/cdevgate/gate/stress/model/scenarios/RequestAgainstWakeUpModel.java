package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.Call;
import org.cdevgate.gate.stress.ThreadlessFront;

/** A front's request goes to sleep, without a thread, while what it waits for comes. */
public final class RequestAgainstWakeUpModel extends Model {
    private final ModelDoorbell bell = ModelDoorbell.withoutThread(() -> {});
    private final ThreadlessFront front = new ThreadlessFront();
    private final ModelRequest request = new ModelRequest();
    private int result;

    public RequestAgainstWakeUpModel() {
        super(2);
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
    public void afterwards() {
        super.afterwards();
        if (result == Call.WOULD_BLOCK) {
            require(request.isToRunAgain(), "a request sleeps for ever with its data there");
            require(request.ends() == 1, "a request was woken twice");
            require(bell.read(front) == 1, "a request was woken for nothing");
        } else {
            require(result == 1, "a read was answered with error " + -result);
            require(request.ends() == 0, "a request was answered and then woken");
        }
    }
}

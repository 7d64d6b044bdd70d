package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.Errno;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.stress.ThreadlessFront;

/** A front's request goes to sleep, without a thread, while its device is removed. */
public final class RequestAgainstRemovalModel extends Model {
    private final ModelDoorbell bell = ModelDoorbell.withoutThread(() -> {});
    private final ThreadlessFront front = new ThreadlessFront();
    private final ModelRequest request = new ModelRequest();
    private int result;

    public RequestAgainstRemovalModel() {
        super(2);
    }

    @Override
    public void first() {
        result = request.readOrSleep(bell, front);
    }

    @Override
    public void second() {
        bell.unregisterSync();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        if (result == Call.WOULD_BLOCK) {
            require(request.isRemoved(), "a request of a removed device sleeps for ever");
            require(request.ends() == 1, "a request was answered twice");
        } else {
            require(result == -Errno.ENODEV.number(), "a read came back with " + result);
            require(request.ends() == 0, "a request was answered and then told of the removal");
        }
    }
}

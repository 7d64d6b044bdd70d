package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.gate.Call;
import org.cdevgate.gate.stress.ThreadlessFront;

/**
 * A front takes a sleeping request back for a signal, while what it waits for comes and its device
 * is removed. One of the three has it.
 */
public final class SignalAgainstBothModel extends Model {
    private final ModelDoorbell bell = ModelDoorbell.withoutThread(() -> {});
    private final ThreadlessFront front = new ThreadlessFront();
    private final ModelRequest request = new ModelRequest();
    private boolean takenBack;

    public SignalAgainstBothModel() {
        super(3);
        if (request.readOrSleep(bell, front) != Call.WOULD_BLOCK || request.ends() != 0) {
            throw new IllegalStateException("the request is not asleep");
        }
    }

    @Override
    public void first() {
        takenBack = request.wake();
    }

    @Override
    public void second() {
        bell.wake();
    }

    @Override
    public void third() {
        bell.unregisterSync();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        int answers = request.ends() + (takenBack ? 1 : 0);
        require(answers > 0, "a request is answered by nobody");
        require(answers < 2, "a request is answered twice");
    }
}

package org.cdevgate.gate.stress.model.scenarios;

import java.nio.ByteBuffer;
import java.util.function.Function;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.peers.SleepingGate;

/**
 * A device whose read is one of a {@link ModelDoorbell}, which stays when the device is removed.
 */
public final class NestedDoorbell implements SleepingGate, FileOperations {
    private final ByteBuffer buffer = ByteBuffer.allocate(1);
    private final ModelDoorbell bell;
    private final FopsGate gate;
    private final OpenFile file;

    private NestedDoorbell(ModelDoorbell bell, Runnable teardown) {
        this.bell = bell;
        gate = FopsGate.builder("house", this).onTeardown(teardown::run).build();
        try {
            file = gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new IllegalStateException("a new device refuses its first open", e);
        }
    }

    /** Its reads sleep as the doorbell's do. */
    public static SleeperMaker with(Function<Runnable, ModelDoorbell> maker) {
        return teardown -> new NestedDoorbell(maker.apply(() -> {}), teardown);
    }

    @Override
    public int read(OpenFile opened, ByteBuffer dst, long position, Call call)
            throws ErrnoException {
        int result = bell.read(Caller.local());
        if (result < 0) {
            throw ErrnoException.of(-result);
        }
        return result;
    }

    @Override
    public boolean sleep() {
        try {
            return gate.front().read(file, buffer, 0, Caller.local()) == 1;
        } catch (ErrnoException e) {
            return false;
        }
    }

    @Override
    public void wake() {
        bell.wake();
    }

    @Override
    public boolean unregisterSync() {
        return gate.unregisterSync();
    }
}

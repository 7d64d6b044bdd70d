package org.cdevgate.device.stress.twins;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;

/**
 * <b>Broken</b>: the data of a misc device are freed when it is deregistered. No verb runs then,
 * and none can start but one: a file is still open, and its release comes at the last close.
 */
final class DataOfTheRegistration implements OpenMisc, FileOperations {
    private final Memory data;
    private final FopsGate gate;
    private OpenFile file;

    DataOfTheRegistration(Memory data) {
        this.data = data;
        gate = FopsGate.builder("misc", this).lateRelease().onTeardown(data::free).build();
    }

    @Override
    public void release(OpenFile closed, Call call) {
        data.use();
    }

    @Override
    public void open() throws ErrnoException {
        file = gate.front().open(0, Caller.local());
    }

    @Override
    public void close() {
        gate.front().close(file);
    }

    @Override
    public void deregister() {
        gate.unregisterSync();
    }
}

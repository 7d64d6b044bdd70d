package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Resource;
import org.cdevgate.gate.stress.oracle.WatchedDriver;

/**
 * Has the oracle between the gate and the driver, gives each open file data with a destructor,
 * which the oracle looks at, and loses a release where that is asked for. What a driver throws is
 * its own concern: some do it on purpose.
 */
final class CheckedDriver extends WatchedDriver {
    private final DeviceLife life;
    private final ServerSabotage sabotage;
    private final AtomicInteger releases = new AtomicInteger();

    CheckedDriver(FileOperations driver, DeviceLife life, ServerSabotage sabotage) {
        super(driver, life, thrown -> true);
        this.life = life;
        this.sabotage = sabotage;
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        int result = super.open(file, call);
        if (result == 0) {
            file.setPrivateData(new Resource("the data of an open file", life), Resource::free);
        }
        return result;
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        if (sabotage == ServerSabotage.LOST_RELEASE && releases.incrementAndGet() % 5 == 0) {
            return;
        }
        super.release(file, call);
    }
}

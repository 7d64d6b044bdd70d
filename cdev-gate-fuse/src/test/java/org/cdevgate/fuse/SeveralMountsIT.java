package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.TestMount.TemporaryMountPoint;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.Test;

/** Mounts of one JVM do not know of each other. */
class SeveralMountsIT extends MountBase {
    /** Opens, writes, reads and closes until that fails; a line for each time. */
    private static final String LOAD =
            "while printf x 2>/dev/null > \"$1\" && [ \"$(head -c 1 \"$1\" 2>/dev/null)\" = x ];"
                    + " do echo x; done";

    @Test
    void oneThatIsClosedUnderLoadDisturbsNoOther() throws Exception {
        List<Shell> loads = new ArrayList<>();
        try (TemporaryMountPoint folder = new TemporaryMountPoint();
                DeviceMount closing = DeviceMount.mount(folder.path())) {
            // In folders, which go with their mounts: the load must not make a file in the place.
            FopsGate gone = closing.register("load/fifo", new FifoDriver(Sleep.THREADLESS));
            mount.register("load/fifo", new FifoDriver(Sleep.PARKED));
            FopsGate idle = mount.register("idle", new FifoDriver(Sleep.THREADLESS));
            String path = closing.path("load/fifo").toString();
            int fd = client.open(path, OpenFlags.O_RDWR);
            loads.add(Shell.start(LOAD, path));
            loads.add(Shell.start(LOAD, mount.path("load/fifo")));
            loads.forEach(load -> load.awaitOutput("x\nx\n"));
            Pending sleeper = client.beginRead(open(idle), 8);
            TestMount.awaitAsleep(idle, Verb.READ, 1);

            Within.run("DeviceMount.close()", closing::close);
            assertTrue(gone.isRemoved());
            assertFalse(folder.isMounted(), "mounted after close()");
            client.ioctl(fd, FifoDriver.ECHO, "").expect(Errno.ENOTCONN);
            client.close(fd).expect(0);
            Within.limit("its client ends", () -> !loads.get(0).isAlive());

            int before = loads.get(1).output().length();
            Within.limit("the other goes on", () -> loads.get(1).output().length() > before + 4);
            assertFalse(sleeper.isDone(), "a call through another mount was woken");
            mount.remove(idle);
            sleeper.await().expect(Errno.ENODEV);
            mount.unmount();
            Within.limit("its client ends too", () -> !loads.get(1).isAlive());
        } finally {
            for (Shell load : loads) {
                load.close();
            }
        }
    }
}

package org.cdevgate.fuse;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Closing;
import org.cdevgate.fuse.harness.Shell;
import org.cdevgate.gate.FopsGate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Gives each test a mount of its own, and a client that lives on to the next test if it is idle. No
 * test touches a path below the mount itself: the client or the shell does.
 */
@Timeout(60)
abstract class MountBase {
    /** What poll answers for a removed device. */
    static final int GONE = PollEvents.POLLERR | PollEvents.POLLHUP;

    // Answers of select.
    static final int READABLE = 1;
    static final int WRITABLE = 2;

    private static ClientProcess sharedClient;

    TestMount mount;
    ClientProcess client;

    /** What a JVM makes once, with the first mount, is not a leak of the test that comes first. */
    @BeforeAll
    static void loadEverything() throws Exception {
        TestMount.loadEverything();
    }

    @BeforeEach
    void mount() throws Exception {
        mount = TestMount.create();
        if (sharedClient == null || !sharedClient.isIdle()) {
            endSharedClient();
            sharedClient = ClientProcess.start();
        }
        client = sharedClient;
    }

    @AfterEach
    void unmount() throws Exception {
        Closing.all(this::leaveClient, mount);
    }

    private void leaveClient() throws Exception {
        if (client == null) {
            return;
        }
        if (client.isIdle()) {
            client.closeAll();
        } else {
            endSharedClient();
        }
    }

    @AfterAll
    static void endSharedClient() {
        if (sharedClient != null) {
            sharedClient.close();
            sharedClient = null;
        }
    }

    /** Whether ls shows a name. */
    boolean lists(String name) throws Exception {
        return Shell.run("ls \"$1\"", mount.path()).expect(0).lines().anyMatch(name::equals);
    }

    /** Opens a node for reading and writing. */
    int open(FopsGate gate) throws Exception {
        return client.open(mount.path(gate.name()), OpenFlags.O_RDWR);
    }

    /** What every call on a descriptor of a removed stream device answers. */
    void expectGone(FopsGate gate, int fd) throws Exception {
        client.read(fd, 8).expect(Errno.ENODEV);
        client.write(fd, "x").expect(Errno.ENODEV);
        client.ioctl(fd, FifoDriver.ECHO, "12345678").expect(Errno.ENODEV);
        client.fsync(fd).expect(Errno.ENODEV);
        client.poll(fd, PollEvents.POLLIN | PollEvents.POLLOUT, 0).expect(GONE);
        client.poll(fd, 0, -1).expect(GONE);
        client.select(fd, "rw", 0).expect(READABLE | WRITABLE);
        client.fstat(fd).success(); // as a node that was unlinked
        client.tryOpen(mount.path(gate.name()), OpenFlags.O_RDONLY).expect(Errno.ENOENT);
        client.close(fd).expect(0);
    }

    /** Removes a device and checks that its name is gone. */
    void remove(FopsGate gate) throws Exception {
        mount.remove(gate);
        if (lists(gate.name())) {
            throw new AssertionError("ls still shows " + gate.name() + " after unregisterSync()");
        }
    }
}

package org.cdevgate.fuse;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.FifoDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.OtherWays;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A read(2) that the kernel makes several requests of returns what there is, as a small one. */
class BigReadIT extends MountBase {
    private static final int MOST = 1 << 20; // of one request
    private static final int BEHIND = 32; // bytes behind the start of a page
    private static final int MAX_BEHIND = MOST - BEHIND;

    private ClientProcess asking;
    private OtherWays ways;
    private FifoDriver fifo;
    private FopsGate gate;
    private int fd;

    @BeforeEach
    void startClient() throws Exception {
        asking = ClientProcess.start();
        ways = new OtherWays(asking);
    }

    @AfterEach
    void endClient() {
        if (asking != null) {
            asking.close();
        }
    }

    private void open(Sleep sleep) throws Exception {
        fifo = new FifoDriver(sleep, 4 * MOST);
        gate = mount.register("fifo", fifo);
        fd = asking.open(mount.path("fifo"), OpenFlags.O_RDONLY);
    }

    private void feed(int bytes) {
        fifo.feed("x".repeat(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void itReturnsWhenAFirstPartIsFullAndNoMoreIsThere(Sleep sleep) throws Exception {
        open(sleep);
        feed(MOST);
        ways.readUnaligned(fd, 2 * MOST, 0).expect(MOST);
        feed(MAX_BEHIND);
        ways.readUnaligned(fd, MOST, BEHIND).expect(MAX_BEHIND);
        feed(2 * MOST);
        ways.readUnaligned(fd, 3 * MOST, 0).expect(2 * MOST);
    }

    @ParameterizedTest
    @EnumSource
    void itTakesAllThatIsThere(Sleep sleep) throws Exception {
        open(sleep);
        feed(2 * MOST + 5);
        ways.readUnaligned(fd, 3 * MOST, 0).expect(2 * MOST + 5);
        feed(3 * MOST);
        ways.readUnaligned(fd, 2 * MOST, 0).expect(2 * MOST);
        ways.readUnaligned(fd, 2 * MOST, 0).expect(MOST);
    }

    /** The same thread, the same sizes: but it begins anew, with nothing to return. */
    @ParameterizedTest
    @EnumSource
    void theNextOneSleeps(Sleep sleep) throws Exception {
        open(sleep);
        feed(MOST);
        ways.readUnaligned(fd, MOST, 0).expect(MOST);
        Pending next = ways.beginReadUnaligned(fd, MOST, 0);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        feed(3);
        next.await().expect(3);
        Pending last = ways.beginReadUnaligned(fd, 2 * MOST, 0);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        last.await().expect(Errno.ENODEV);
    }
}

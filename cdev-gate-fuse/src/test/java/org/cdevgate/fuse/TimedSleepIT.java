package org.cdevgate.fuse;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.ImpatientDriver;
import org.cdevgate.fuse.driver.Sleep;
import org.cdevgate.fuse.harness.Pending;
import org.cdevgate.fuse.harness.Within;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call sleeps for as long as its driver wants, if nothing else ends its sleep before. */
class TimedSleepIT extends MountBase {
    private static final long SHORT = 20;
    private static final long HOUR = 3_600_000;

    private ImpatientDriver driver;
    private FopsGate gate;
    private int fd;

    private void open(Sleep sleep, long millis) throws Exception {
        driver = new ImpatientDriver(sleep, millis);
        gate = mount.register("impatient", driver);
        fd = open(gate);
    }

    @ParameterizedTest
    @EnumSource
    void everyVerbIsAnsweredWhenItsTimeIsOver(Sleep sleep) throws Exception {
        open(sleep, SHORT);
        client.read(fd, 8).expect(Errno.ETIMEDOUT);
        client.write(fd, "x").expect(Errno.ETIMEDOUT);
        client.ioctl(fd, ImpatientDriver.WAIT, "").expect(Errno.ETIMEDOUT);
        client.fsync(fd).expect(Errno.ETIMEDOUT);
        client.tryOpen(mount.path("impatient"), OpenFlags.O_WRONLY).expect(Errno.ETIMEDOUT);
    }

    @ParameterizedTest
    @EnumSource
    void wakeUpsDoNotBeginTheTimeAnew(Sleep sleep) throws Exception {
        open(sleep, 500);
        Pending read = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        Within.limit(
                "the end of a call that is woken all the time",
                () -> {
                    driver.wakeForNothing();
                    return read.isDone();
                });
        read.await().expect(Errno.ETIMEDOUT);
    }

    @ParameterizedTest
    @EnumSource
    void aSignalOrTheRemovalEndsItBefore(Sleep sleep) throws Exception {
        open(sleep, HOUR);
        Pending interrupted = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        client.interrupt(interrupted);
        interrupted.await().expect(Errno.EINTR);
        Pending removed = client.beginRead(fd, 8);
        TestMount.awaitAsleep(gate, Verb.READ, 1);
        remove(gate);
        removed.await().expect(Errno.ENODEV);
        expectGone(gate, fd);
    }
}

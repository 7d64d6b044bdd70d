package org.cdevgate.fuse.explore.scenarios;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.explore.Explored;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.ModelledJdk;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;

/** The end of the connection ends everything, whatever goes on. */
final class Ends extends ExploredScenario {
    private static final int MAX_PARKED = 8;
    private static final int LONG = 20_000;

    /** All threads of the server end by themselves when the mount has gone. */
    private void aborted(Runnable beside, int... commands) {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        for (int command : commands) {
            client(command, 0, EINTR, ECONNABORTED);
        }
        begin("beside", beside);
        begin("umount", kernel::abort);
        rest(LONG);
        require(ModelledJdk.alive().isEmpty(), "still alive: " + ModelledJdk.alive());
    }

    @Explored
    void parkedCallsEnd() {
        aborted(() -> {}, ExploredTap.park(0), ExploredTap.park(1));
    }

    @Explored
    void callsThatSleepEnd() {
        aborted(() -> tap.drip(0), ExploredTap.sleep(0), ExploredTap.sleepThenPark(0, 1));
    }

    @Explored
    void callsThatAreStuckEnd() {
        aborted(() -> tap.drip(0), ExploredTap.stuck(1), ExploredTap.sleepThenStuck(0, 1));
    }

    /** What was woken and will not run any more hands its wake-up to somebody else. */
    @Explored
    void aWakeUpIsNotLostWithTheConnection() {
        serve(MAX_PARKED);
        client(read(), 0, ECONNABORTED);
        rest();
        OpenFile local = openLocally();
        begin(
                "local",
                () -> {
                    try {
                        gate.front().read(local, ByteBuffer.allocate(1), 0, Caller.local());
                    } catch (ErrnoException e) {
                        ModelledJdk.fail("a local reader got " + e);
                    }
                });
        rest();
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(0));
        begin("umount", kernel::abort);
        rest(LONG);
        if (tap.drops(0) == 0) {
            tap.drip(0);
        }
        settledInTime(LONG);
        gate.front().close(local);
    }

    private OpenFile openLocally() {
        try {
            return gate.front().open(0, Caller.local());
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }

    @Explored
    void aCloseEndsWhatSleeps() {
        serve(MAX_PARKED);
        Kernel.Request parked = client(ExploredTap.park(0), 0, EINTR, EBADF, ECONNABORTED);
        client(ExploredTap.sleep(1), 0, EINTR, EBADF, ECONNABORTED);
        rest();
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(1));
        begin("signal", parked::signal);
        close();
        settledInTime(LONG);
    }

    /** What a removal woke has its answer before the connection ends. */
    @Explored
    void callsThatARemovalWokeAreToldOfItThoughTheMountIsClosedAtOnce() {
        serve(MAX_PARKED);
        client(ExploredTap.park(0), ENODEV);
        client(ExploredTap.sleep(1), ENODEV);
        client(ExploredTap.sleepThenPark(1, 2), ENODEV);
        rest();
        ModelledJdk.explore();
        gate.unregisterSync();
        close();
        settledInTime(LONG);
    }
}

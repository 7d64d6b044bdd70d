package org.cdevgate.fuse.explore.scenarios;

import org.cdevgate.fuse.explore.Explored;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.ModelledJdk;

/** A driver that blocks where nobody knows of it stops nobody for long. */
final class Monitors extends ExploredScenario {
    private static final int MAX_PARKED = 4;
    private static final int LONG = 500;

    /** So long that the monitor looks often enough to find what is stuck, in milliseconds. */
    private static final int TICKS = 20;

    @Explored
    void aDriverThatIsStuckWhileTheMonitorSleepsStopsNobody() {
        serve(MAX_PARKED);
        rest(LONG);
        ModelledJdk.explore();
        client(ExploredTap.stuck(0), 0);
        Kernel.Request other = client(ExploredTap.ask(), 0);
        rest(TICKS);
        ModelledJdk.stopExploring();
        rest(LONG);
        require(other.isAnswered(), "nobody reads while a driver is stuck");
        tap.drip(0);
        settledInTime(LONG);
    }

    @Explored
    void aDriverThatIsStuckAsTheMonitorFallsAsleepStopsNobody() {
        serve(MAX_PARKED);
        rest(LONG);
        restUntilTheMonitorIsAboutToSleep();
        ModelledJdk.explore();
        begin(
                "client",
                () -> {
                    ModelledJdk.pause(1);
                    require(ioctl(ExploredTap.stuck(0)).await() == 0, "it failed");
                });
        rest(2);
        ModelledJdk.stopExploring();
        Kernel.Request other = client(ExploredTap.ask(), 0);
        rest(LONG);
        require(other.isAnswered(), "nobody reads while a driver is stuck");
        tap.drip(0);
        settledInTime(LONG);
    }

    @Explored
    void aWokenCallThatIsStuckStopsNoOtherWokenCall() {
        serve(MAX_PARKED);
        client(ExploredTap.sleepThenStuck(0, 1), 0);
        rest();
        Kernel.Request other = client(ExploredTap.sleep(2), 0);
        rest(LONG);
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(0));
        begin("other waker", () -> tap.drip(2));
        rest(TICKS);
        ModelledJdk.stopExploring();
        rest(LONG);
        require(other.isAnswered(), "it was woken, and nobody runs it");
        tap.drip(1);
        settledInTime(LONG);
    }

    /** The monitor takes the role just when the call ends. */
    @Explored
    void aSlowCallEndsAsItLosesItsRole() {
        serve(MAX_PARKED);
        rest(LONG);
        ModelledJdk.explore();
        client(ExploredTap.slow(), 0);
        client(ExploredTap.ask(), 0);
        rest(TICKS);
        ModelledJdk.stopExploring();
        settledInTime(LONG);
    }
}

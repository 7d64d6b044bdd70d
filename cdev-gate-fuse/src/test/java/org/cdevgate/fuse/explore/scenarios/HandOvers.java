package org.cdevgate.fuse.explore.scenarios;

import org.cdevgate.fuse.explore.Explored;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.ModelledJdk;

/** Somebody always reads, nobody beside him; and what was woken runs at once. */
final class HandOvers extends ExploredScenario {
    private static final int MAX_PARKED = 4;

    @Explored
    void callsThatParkTogetherEndAndAreFollowedByOthers() {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        client(ExploredTap.park(0), 0);
        client(ExploredTap.park(1), 0);
        begin("waker", () -> tap.drip(0));
        begin("other waker", () -> tap.drip(1));
        client(ExploredTap.ask(), 0);
        settled();
    }

    @Explored
    void howeverManyParkAnotherReads() {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        client(ExploredTap.park(0), 0);
        client(ExploredTap.park(1), 0);
        Kernel.Request other = client(ExploredTap.ask(), 0);
        rest();
        require(other.isAnswered(), "nobody reads");
        tap.drip(0);
        tap.drip(1);
        settled();
    }

    @Explored
    void aWokenCallRunsWhileAnotherParksWhoseThreadWasToRunIt() {
        serve(MAX_PARKED);
        client(ExploredTap.sleepThenPark(0, 1), 0);
        rest();
        Kernel.Request second = client(ExploredTap.sleep(2), 0);
        rest();
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(0));
        begin("other waker", () -> tap.drip(2));
        rest();
        require(second.isAnswered(), "it was woken, and nobody runs it");
        tap.drip(1);
        settled();
    }

    @Explored
    void callsThatAreWokenOneAfterTheOtherAllRun() {
        serve(MAX_PARKED);
        client(ExploredTap.sleep(0), 0);
        client(ExploredTap.sleep(1), 0);
        client(ExploredTap.sleep(2), 0);
        rest();
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(0));
        begin("second waker", () -> tap.drip(1));
        begin("third waker", () -> tap.drip(2));
        settled();
    }

    @Explored
    void aCallThatIsWokenBeforeItsThreadHasLeftItRunsAgain() {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        client(ExploredTap.sleep(0), 0);
        client(ExploredTap.parkThenSleep(1, 1), 0);
        begin("waker", () -> tap.drip(0));
        begin("other waker", () -> tap.drip(1));
        settled();
    }

    /** At the bound a woken call waits for room, and no longer. */
    @Explored
    void aWokenCallRunsAsSoonAsAParkedOneIsBack() {
        serve(1);
        Kernel.Request third = client(ExploredTap.sleep(2), 0);
        client(ExploredTap.sleepThenPark(0, 1), 0);
        rest();
        client(ExploredTap.park(1), 0);
        tap.drip(0);
        rest(1000);
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(2));
        begin("other waker", () -> tap.drip(1));
        rest();
        require(third.isAnswered(), "there is room, and nobody runs it");
        tap.drip(1);
        settled();
    }

    /** The thread that comes back takes what no new thread could take. */
    @Explored
    void aRoleThatNoThreadCouldTakeGoesToTheNextThatIsFree() {
        roleWithoutThread();
        ModelledJdk.failStarts(1);
        begin("waker", () -> tap.drip(0));
        begin("other waker", () -> tap.drip(1));
        rest();
        tap.drip(1);
        settled();
        ModelledJdk.failStarts(0);
    }

    @Explored
    void aRoleThatNoThreadCouldTakeIsTakenWhenThereAreThreads() {
        roleWithoutThread();
        ModelledJdk.failStarts(3);
        begin("waker", () -> tap.drip(0));
        rest(1000);
        tap.drip(1);
        tap.drip(1);
        settled();
    }

    private void roleWithoutThread() {
        serve(MAX_PARKED);
        client(ExploredTap.sleep(0), 0);
        rest();
        client(ExploredTap.park(1), 0);
        rest();
        client(ExploredTap.park(1), 0); // now nobody stands by
        rest(1000);
        ModelledJdk.explore();
    }

    @Explored
    void aCallThatMayParkIsRefusedIfNobodyCouldReadThen() {
        serve(MAX_PARKED);
        client(ExploredTap.park(2), 0); // the only standby reads now
        rest(1000);
        ModelledJdk.explore();
        ModelledJdk.failStarts(1000);
        client(ExploredTap.park(0), ENOMEM);
        client(ExploredTap.park(1), ENOMEM);
        begin(
                "other",
                () -> {
                    require(lookUp() != 0, "not found");
                    require(lookUp() != 0, "not found");
                });
        rest();
        ModelledJdk.failStarts(0);
        tap.drip(2);
        settled();
    }

    /** Threads that nobody needs end; not with a role. */
    @Explored
    void aSurplusThreadThatEndsTakesNoRoleWithIt() {
        serve(8);
        for (int i = 0; i < 4; i++) {
            client(ExploredTap.park(0), 0);
        }
        rest();
        for (int i = 0; i < 4; i++) {
            tap.drip(0);
        }
        rest();
        rest(4999); // they stand by for five seconds
        ModelledJdk.explore();
        for (int i = 0; i < 2; i++) {
            begin(
                    "client",
                    () -> {
                        ModelledJdk.pause(1);
                        require(ioctl(ExploredTap.park(1)).await() == 0, "it failed");
                    });
        }
        rest(2);
        client(ExploredTap.ask(), 0);
        rest();
        tap.drip(1);
        tap.drip(1);
        settled();
    }
}

package org.cdevgate.fuse.explore.scenarios;

import org.cdevgate.fuse.explore.Explored;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.ModelledJdk;

/** A signal reaches its request, wherever that is, and no other. */
final class Interrupts extends ExploredScenario {
    private static final int MAX_PARKED = 4;
    private static final int LONG = 500;

    /** What would sleep for ever is ended by its signal, which comes at any moment. */
    private void interrupted(int command, Runnable beside) {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        Kernel.Request request = client(command, EINTR);
        begin("beside", () -> onceRead(request, beside));
        begin("signal", () -> onceRead(request, request::signal));
    }

    private static void onceRead(Kernel.Request request, Runnable then) {
        ModelledJdk.awaitCondition(request + " to be read", request::isSent);
        then.run();
    }

    private static void onceHeard(Kernel.Request request, Runnable then) {
        ModelledJdk.awaitCondition("the INTERRUPT for " + request, request::isInterruptRead);
        then.run();
    }

    @Explored
    void aSignalBeforeTheRequestIsReadIsHeard() {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        Kernel.Request request = client(ExploredTap.park(0), EINTR);
        begin("signal", request::signal);
        settled();
    }

    @Explored
    void aCallThatParksIsInterrupted() {
        interrupted(ExploredTap.park(0), () -> {});
        settled();
    }

    @Explored
    void aCallThatSleepsIsInterrupted() {
        interrupted(ExploredTap.sleep(0), () -> {});
        settled();
    }

    @Explored
    void aCallThatIsWokenToParkIsInterrupted() {
        interrupted(ExploredTap.sleepThenPark(0, 1), () -> tap.drip(0));
        settled();
    }

    @Explored
    void aCallThatParkedAndThenSleepsIsInterrupted() {
        interrupted(ExploredTap.parkThenSleep(0, 1), () -> tap.drip(0));
        settled();
    }

    @Explored
    void aCallThatIsStuckInADriverIsInterrupted() {
        interrupted(ExploredTap.stuck(0), () -> {});
        settledInTime(1000);
    }

    @Explored
    void aCallThatIsWokenAndThenStuckIsInterrupted() {
        interrupted(ExploredTap.sleepThenStuck(0, 1), () -> tap.drip(0));
        settledInTime(1000);
    }

    /** A woken request waits for room, and its wake-up and its signal come together. */
    @Explored
    void aCallThatIsWokenAndMayNotRunYetIsInterrupted() {
        serve(1);
        Kernel.Request victim = client(ExploredTap.sleep(2), EINTR);
        client(ExploredTap.sleepThenPark(0, 1), 0);
        rest();
        client(ExploredTap.park(1), 0);
        tap.drip(0);
        rest(); // two are parked, more than may be
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(2));
        begin("signal", victim::signal);
        rest();
        require(victim.isAnswered(), "a signal is not heard before others leave their driver");
        tap.drip(1);
        tap.drip(1);
        settled();
    }

    /** Whoever takes the drop, it is not lost with the one that the signal takes away. */
    @Explored
    void aWakeUpIsNotLostWithAnInterruptedCall() {
        serve(MAX_PARKED);
        Kernel.Request first = client(read(), 0, EINTR);
        rest();
        Kernel.Request second = client(read(), 0);
        rest();
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(0));
        begin("signal", first::signal);
        rest();
        require(first.isAnswered(), "neither its wake-up nor its signal ended it");
        require(second.isAnswered() == (first.error() == EINTR), "a drop was lost, or made");
        if (!second.isAnswered()) {
            tap.drip(0);
        }
        settled();
    }

    private void nextIsNotInterrupted(int command) {
        serve(MAX_PARKED);
        client(ExploredTap.park(2), 0); // so that there is another reader
        rest();
        ModelledJdk.explore();
        Kernel.Request first = client(command, 0, EINTR);
        begin("waker", () -> onceRead(first, () -> tap.drip(0)));
        begin("signal", () -> onceRead(first, first::signal));
        begin(
                "next",
                () -> {
                    first.await();
                    for (int i = 0; i < 2; i++) {
                        Kernel.Request next = ioctl(ExploredTap.ask());
                        next.await();
                        require(resultOf(next) == 0, "the signal came to another's call");
                    }
                    require(
                            ioctl(ExploredTap.park(1)).await() == 0,
                            "another's call was interrupted");
                });
        rest();
        tap.drip(1);
        tap.drip(2);
    }

    @Explored
    void aSignalForACallThatParkedReachesNoLaterOne() {
        nextIsNotInterrupted(ExploredTap.park(0));
        settled();
    }

    @Explored
    void aSignalForACallThatSleptReachesNoLaterOne() {
        nextIsNotInterrupted(ExploredTap.sleep(0));
        settled();
    }

    @Explored
    void aSignalForACallThatParkedAfterItSleptReachesNoLaterOne() {
        nextIsNotInterrupted(ExploredTap.sleepThenPark(0, 0));
        settled();
    }

    @Explored
    void aSignalForAWokenCallReachesNotTheNextThatIsWoken() {
        serve(MAX_PARKED);
        Kernel.Request first = client(ExploredTap.sleep(0), 0, EINTR);
        client(ExploredTap.sleepThenPark(1, 2), 0);
        rest();
        ModelledJdk.explore();
        begin("waker", () -> onceHeard(first, () -> tap.drip(0)));
        begin("signal", first::signal);
        begin("other waker", () -> tap.drip(1));
        rest();
        tap.drip(2);
        settled();
    }

    @Explored
    void aSignalForAParkedCallReachesNotTheNextThatItsThreadRuns() {
        serve(MAX_PARKED);
        Kernel.Request first = client(ExploredTap.park(0), 0, EINTR);
        rest();
        client(ExploredTap.sleepThenPark(1, 2), 0);
        rest();
        ModelledJdk.explore();
        begin("waker", () -> onceHeard(first, () -> tap.drip(0)));
        begin("signal", first::signal);
        begin(
                "other waker",
                () -> {
                    first.await();
                    tap.drip(1);
                });
        rest();
        tap.drip(2);
        settled();
    }

    @Explored
    void aDriverThatInterruptsItsThreadInterruptsNoOtherCall() {
        serve(MAX_PARKED);
        ModelledJdk.explore();
        begin(
                "client",
                () -> {
                    require(ioctl(ExploredTap.interruptItself()).await() == 0, "it failed");
                    Kernel.Request next = ioctl(ExploredTap.ask());
                    next.await();
                    require(resultOf(next) == 0, "another's call is interrupted");
                });
        client(ExploredTap.park(0), 0);
        begin("waker", () -> tap.drip(0));
        settled();
    }

    /** The kernel tells of the first signal only; that the process dies has to be found out. */
    @Explored
    void aDyingProcessIsLetGo() {
        serve(MAX_PARKED);
        Kernel.Request deaf = client(ExploredTap.deaf(0), EINTR);
        rest(LONG);
        ModelledJdk.explore();
        begin("signal", deaf::signal);
        rest();
        ModelledJdk.stopExploring();
        dies(deaf);
    }

    private void dies(Kernel.Request deaf) {
        rest(LONG);
        require(!deaf.isAnswered(), "its driver has not ended, and its process has not died");
        deaf.kill();
        rest(LONG);
        require(deaf.isAnswered(), "a dying process waits for a driver that ignores its signal");
        tap.drip(0);
        settledInTime(LONG);
    }

    @Explored
    void aDyingProcessIsLetGoThoughItsSignalCameAsTheMonitorFellAsleep() {
        serve(MAX_PARKED);
        Kernel.Request deaf = client(ExploredTap.deaf(0), EINTR);
        rest(LONG);
        restUntilTheMonitorIsAboutToSleep();
        ModelledJdk.explore();
        begin(
                "signal",
                () -> {
                    ModelledJdk.pause(1);
                    deaf.signal();
                });
        rest(2);
        ModelledJdk.stopExploring();
        dies(deaf);
    }

    @Explored
    void aProcessThatDiesAsItsDriverEndsIsAnsweredOnce() {
        serve(MAX_PARKED);
        Kernel.Request deaf = client(ExploredTap.deaf(0), 0, EINTR);
        rest(LONG);
        deaf.signal();
        rest(LONG);
        ModelledJdk.explore();
        begin("waker", () -> tap.drip(0));
        begin("kill", deaf::kill);
        rest(10);
        ModelledJdk.stopExploring();
        settledInTime(LONG);
    }
}

package org.cdevgate.fuse.explore.scenarios;

import org.cdevgate.fuse.explore.Explored;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.Model;

/** A signal reaches its request, wherever that is, and no other. */
final class Interrupts extends Scenario {
    private static final int MAX_PARKED = 4;
    private static final int LONG = 500;

    /** What would sleep for ever is ended by its signal, which comes at any moment. */
    private void interrupted(int command, Runnable beside) {
        serve(MAX_PARKED);
        Model.explore();
        Kernel.Request request = client(command, EINTR);
        begin("beside", () -> onceRead(request, beside));
        begin("signal", () -> onceRead(request, request::signal));
    }

    private static void onceRead(Kernel.Request request, Runnable then) {
        Model.awaitCondition(request + " to be read", request::isSent);
        then.run();
    }

    private static void onceHeard(Kernel.Request request, Runnable then) {
        Model.awaitCondition("the INTERRUPT for " + request, request::isInterruptRead);
        then.run();
    }

    @Explored
    void aSignalBeforeTheRequestIsReadIsHeard() {
        serve(MAX_PARKED);
        Model.explore();
        Kernel.Request request = client(Tap.park(0), EINTR);
        begin("signal", request::signal);
        settled();
    }

    @Explored
    void aCallThatParksIsInterrupted() {
        interrupted(Tap.park(0), () -> {});
        settled();
    }

    @Explored
    void aCallThatSleepsIsInterrupted() {
        interrupted(Tap.sleep(0), () -> {});
        settled();
    }

    @Explored
    void aCallThatIsWokenToParkIsInterrupted() {
        interrupted(Tap.sleepThenPark(0, 1), () -> tap.drip(0));
        settled();
    }

    @Explored
    void aCallThatParkedAndThenSleepsIsInterrupted() {
        interrupted(Tap.parkThenSleep(0, 1), () -> tap.drip(0));
        settled();
    }

    @Explored
    void aCallThatIsStuckInADriverIsInterrupted() {
        interrupted(Tap.stuck(0), () -> {});
        settledInTime(1000);
    }

    @Explored
    void aCallThatIsWokenAndThenStuckIsInterrupted() {
        interrupted(Tap.sleepThenStuck(0, 1), () -> tap.drip(0));
        settledInTime(1000);
    }

    /** A woken request waits for room, and its wake-up and its signal come together. */
    @Explored
    void aCallThatIsWokenAndMayNotRunYetIsInterrupted() {
        serve(1);
        Kernel.Request victim = client(Tap.sleep(2), EINTR);
        client(Tap.sleepThenPark(0, 1), 0);
        rest();
        client(Tap.park(1), 0);
        tap.drip(0);
        rest(); // two are parked, more than may be
        Model.explore();
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
        Model.explore();
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
        client(Tap.park(2), 0); // so that there is another reader
        rest();
        Model.explore();
        Kernel.Request first = client(command, 0, EINTR);
        begin("waker", () -> onceRead(first, () -> tap.drip(0)));
        begin("signal", () -> onceRead(first, first::signal));
        begin(
                "next",
                () -> {
                    first.await();
                    for (int i = 0; i < 2; i++) {
                        Kernel.Request next = ioctl(Tap.ask());
                        next.await();
                        require(resultOf(next) == 0, "the signal came to another's call");
                    }
                    require(ioctl(Tap.park(1)).await() == 0, "another's call was interrupted");
                });
        rest();
        tap.drip(1);
        tap.drip(2);
    }

    @Explored
    void aSignalForACallThatParkedReachesNoLaterOne() {
        nextIsNotInterrupted(Tap.park(0));
        settled();
    }

    @Explored
    void aSignalForACallThatSleptReachesNoLaterOne() {
        nextIsNotInterrupted(Tap.sleep(0));
        settled();
    }

    @Explored
    void aSignalForACallThatParkedAfterItSleptReachesNoLaterOne() {
        nextIsNotInterrupted(Tap.sleepThenPark(0, 0));
        settled();
    }

    @Explored
    void aSignalForAWokenCallReachesNotTheNextThatIsWoken() {
        serve(MAX_PARKED);
        Kernel.Request first = client(Tap.sleep(0), 0, EINTR);
        client(Tap.sleepThenPark(1, 2), 0);
        rest();
        Model.explore();
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
        Kernel.Request first = client(Tap.park(0), 0, EINTR);
        rest();
        client(Tap.sleepThenPark(1, 2), 0);
        rest();
        Model.explore();
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
        Model.explore();
        begin(
                "client",
                () -> {
                    require(ioctl(Tap.interruptItself()).await() == 0, "it failed");
                    Kernel.Request next = ioctl(Tap.ask());
                    next.await();
                    require(resultOf(next) == 0, "another's call is interrupted");
                });
        client(Tap.park(0), 0);
        begin("waker", () -> tap.drip(0));
        settled();
    }

    /** The kernel tells of the first signal only; that the process dies has to be found out. */
    @Explored
    void aDyingProcessIsLetGo() {
        serve(MAX_PARKED);
        Kernel.Request deaf = client(Tap.deaf(0), EINTR);
        rest(LONG);
        Model.explore();
        begin("signal", deaf::signal);
        rest();
        Model.stopExploring();
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
        Kernel.Request deaf = client(Tap.deaf(0), EINTR);
        rest(LONG);
        restUntilTheMonitorIsAboutToSleep();
        Model.explore();
        begin(
                "signal",
                () -> {
                    Model.pause(1);
                    deaf.signal();
                });
        rest(2);
        Model.stopExploring();
        dies(deaf);
    }

    @Explored
    void aProcessThatDiesAsItsDriverEndsIsAnsweredOnce() {
        serve(MAX_PARKED);
        Kernel.Request deaf = client(Tap.deaf(0), 0, EINTR);
        rest(LONG);
        deaf.signal();
        rest(LONG);
        Model.explore();
        begin("waker", () -> tap.drip(0));
        begin("kill", deaf::kill);
        rest(10);
        Model.stopExploring();
        settledInTime(LONG);
    }
}

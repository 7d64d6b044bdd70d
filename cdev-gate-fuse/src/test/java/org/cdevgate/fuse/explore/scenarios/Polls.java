package org.cdevgate.fuse.explore.scenarios;

import org.cdevgate.abi.PollEvents;
import org.cdevgate.fuse.explore.Explored;
import org.cdevgate.fuse.explore.Kernel;
import org.cdevgate.fuse.explore.ModelledJdk;

/** A poller that was told "nothing yet" is told to ask again. */
final class Polls extends ExploredScenario {
    private volatile Kernel.Request asked;
    private int reads; // of the poller

    /** Waits until a POLL has been read. */
    private void awaitPoll() {
        ModelledJdk.awaitCondition("a POLL", () -> asked != null && asked.isSent());
    }

    /** Asks until there is one of the events, as a process in poll(2) does. */
    private void awaitEvents(int events) {
        while (true) {
            int heard = kernel.notified(HANDLE);
            Kernel.Request poll = poll();
            asked = poll;
            poll.await();
            if ((poll.reply().getInt(0) & events) != 0) {
                return;
            }
            ModelledJdk.awaitCondition(
                    "a notification of the poller", () -> kernel.notified(HANDLE) != heard);
        }
    }

    @Explored
    void aPollerHearsOfData() {
        serve(2);
        ModelledJdk.explore();
        begin("poller", () -> awaitEvents(PollEvents.POLLIN));
        begin(
                "waker",
                () -> {
                    awaitPoll();
                    tap.drip(0);
                });
        settled();
    }

    @Explored
    void aPollerHearsOfDataEachTime() {
        serve(2);
        ModelledJdk.explore();
        begin(
                "poller",
                () -> {
                    for (int i = 0; i < 2; i++) {
                        awaitEvents(PollEvents.POLLIN);
                        require(read().await() == 0, "data that were told of are not there");
                        asked = null;
                        reads++;
                    }
                });
        begin(
                "waker",
                () -> {
                    for (int i = 0; i < 2; i++) {
                        int taken = i;
                        ModelledJdk.awaitCondition(
                                "a poller that was told: not yet",
                                () -> reads == taken && asked != null && asked.isAnswered());
                        tap.drip(0);
                    }
                });
        settled();
    }

    @Explored
    void aPollerHearsOfTheRemoval() {
        removed();
    }

    @Explored
    void aPollerHearsOfTheRemovalWhateverItsDriverNamed() {
        tap.pollNamesNoQueue();
        removed();
    }

    private void removed() {
        serve(2);
        ModelledJdk.explore();
        begin("poller", () -> awaitEvents(PollEvents.POLLHUP));
        begin(
                "remover",
                () -> {
                    awaitPoll();
                    gate.unregisterSync();
                });
        settledInTime(1000);
    }
}

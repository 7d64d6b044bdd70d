package org.cdevgate.gate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place in a driver where a test stops a call until it lets it go. */
final class Checkpoint {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** Called by the driver: says that it is here, and waits, deaf to interrupts. */
    void pass() {
        reached.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                if (!open.await(Eventually.SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("the test never let the call go");
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitReached() {
        Eventually.until("a call to reach the driver", () -> reached.getCount() == 0);
    }

    boolean isReached() {
        return reached.getCount() == 0;
    }

    void letGo() {
        open.countDown();
    }
}

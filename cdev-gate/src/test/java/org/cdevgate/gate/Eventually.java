package org.cdevgate.gate;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waiting for a condition, with a limit that only a hang reaches. */
final class Eventually {
    static final int SECONDS = 30;

    /** Shorter where a hang is what is expected: of a library that is broken on purpose. */
    static final int LIMIT = Integer.getInteger("cdevgate.test.seconds", SECONDS);

    private Eventually() {}

    static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(LIMIT))
                .until(condition);
    }

    static void asleep(WaitQueue queue, int sleepers) {
        until(sleepers + " sleepers on " + queue, () -> queue.sleepers() == sleepers);
    }
}

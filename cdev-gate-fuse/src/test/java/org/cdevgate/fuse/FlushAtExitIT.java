package org.cdevgate.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.driver.Waiting;
import org.cdevgate.fuse.harness.ClientProcess;
import org.cdevgate.fuse.harness.Signal;
import org.cdevgate.gate.calls.Verb;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that ends closes its descriptors, and a node may want each close to be flushed. */
class FlushAtExitIT extends MountBase {
    private static final int KILLED = 128 + Signal.KILL.number();

    @ParameterizedTest
    @EnumSource
    void killedProcessGoesThoughItsFlushSleeps(Waiting waiting) throws Exception {
        try (SleepingCalls node = new SleepingCalls(mount, "node", Verb.FLUSH, waiting);
                ClientProcess victim = ClientProcess.start()) {
            victim.open(node.path(), OpenFlags.O_RDWR);
            victim.signal(Signal.KILL);
            assertEquals(KILLED, victim.awaitEnd());
        }
    }

    /**
     * The limit: one that ends by itself takes no signal any more, so that not even SIGKILL ends
     * its wait for the flush. The removal does.
     */
    @ParameterizedTest
    @EnumSource(names = {"PARKED", "THREADLESS"})
    void exitingProcessWaitsForItsFlushOrTheRemoval(Waiting waiting) throws Exception {
        try (SleepingCalls node = new SleepingCalls(mount, "node", Verb.FLUSH, waiting);
                ClientProcess exiting = ClientProcess.start()) {
            exiting.open(node.path(), OpenFlags.O_RDWR);
            exiting.exit(3);
            TestMount.awaitAsleep(node.gate(), Verb.FLUSH, 1);
            exiting.signal(Signal.KILL);
            client.close(client.epollCreate()).expect(0);
            assertFalse(exiting.hasEnded(), "it ended, though its flush has not: no limit at all");
            assertEquals(1, TestMount.asleep(node.gate(), Verb.FLUSH));
            remove(node.gate());
            assertEquals(3, exiting.awaitEnd());
        }
    }
}

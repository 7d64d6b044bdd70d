package org.cdevgate.fuse;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.fuse.mount.KernelMount;
import org.cdevgate.fuse.nodes.DeviceNodes;
import org.cdevgate.fuse.session.ExitingThreads;
import org.cdevgate.fuse.session.FuseSession;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a mount: all devices are flagged, the folder is unmounted, the removals are waited
 * for, who was woken gets an answer, and the connection ends.
 */
final class MountClosing {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMount.class);

    private static final Duration HELPER_LIMIT = Duration.ofSeconds(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final KernelMount mount;
    private final FuseSession session;
    private final DeviceNodes nodes;
    private final Collection<FollowedDevices> followed;

    MountClosing(
            KernelMount mount,
            FuseSession session,
            DeviceNodes nodes,
            Collection<FollowedDevices> followed) {
        this.mount = mount;
        this.session = session;
        this.nodes = nodes;
        this.followed = followed;
    }

    /**
     * Does it all; whatever fails before, the folder is unmounted and the connection ended.
     *
     * @param deadline until when calls in drivers are waited for, of {@link System#nanoTime}
     */
    void run(long deadline) {
        List<FopsGate> gates = List.of();
        try {
            for (FollowedDevices each : followed) {
                each.close();
            }
            gates = nodes.unfinished();
            // All flagged first: a call in one device may wait for another.
            for (FopsGate each : gates) {
                each.beginRemoval();
            }
            nodes.stopEvents();
        } catch (RuntimeException | Error e) {
            // A JVM without memory: what follows takes the names away all the same.
            LOG.error("the devices on {} cannot be flagged in order", mount.mountPoint(), e);
        }
        session.expectEnd();
        try {
            mount.detach();
        } catch (IOException | RuntimeException | Error e) {
            LOG.error(
                    "cannot unmount {}; its processes are cut off all the same",
                    mount.mountPoint(),
                    e);
        }
        boolean interrupted = awaitRemovals(gates, deadline);
        try {
            session.serveWhile(nodes::isAnybodyOwedAnAnswer, deadline - System.nanoTime());
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "the mount on {} ends before all who were woken have asked",
                    mount.mountPoint(),
                    e);
        }
        long left = Math.max(TimeUnit.SECONDS.toNanos(1), deadline - System.nanoTime());
        if (!session.close(left)) {
            LOG.error("threads of the mount on {} are still in a driver", mount.mountPoint());
        }
        nodes.awaitEventsEnd(HELPER_LIMIT);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until no call is in a driver, or the time is over; returns whether interrupted. */
    private boolean awaitRemovals(List<FopsGate> gates, long deadline) {
        boolean interrupted = false;
        for (FopsGate gate : gates) {
            try {
                RemovalOutcome outcome;
                do {
                    interrupted |= Thread.interrupted();
                    long left = Math.min(deadline - System.nanoTime(), LOOK_NANOS);
                    outcome = gate.awaitRemoval(Duration.ofNanos(left));
                } while (!outcome.isRemoved()
                        && deadline - System.nanoTime() > 0
                        && !isLeftToTheEndOfTheJvm(gate));
                if (!outcome.isRemoved()) {
                    LOG.error("{} still has calls in its driver:\n{}", gate, outcome);
                }
            } catch (RuntimeException | Error e) {
                // A JVM without memory or descriptors: the processes are cut off all the same.
                LOG.error("the removal of {} failed", gate, e);
            }
        }
        return interrupted;
    }

    /**
     * Whether all that is left in a driver are calls of System.exit, which wait for us; answers
     * them.
     */
    private boolean isLeftToTheEndOfTheJvm(FopsGate gate) {
        List<CallInFlight> calls = gate.callsInFlight();
        return !calls.isEmpty()
                && calls.stream().allMatch(call -> ExitingThreads.contains(call.thread()))
                && session.answerExiting() > 0;
    }
}

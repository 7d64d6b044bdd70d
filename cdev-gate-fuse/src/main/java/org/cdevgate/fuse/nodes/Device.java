package org.cdevgate.fuse.nodes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.gate.FopsGate;

/**
 * A device's node. To stat(2) it is a regular file: the kernel would open a character device itself
 * and never ask.
 */
final class Device extends Node {
    private static final int S_IFREG = 0100000;

    final FopsGate gate;

    /** Which of the gate's nodes it is. */
    final int minor;

    private final int openFlags;

    /** Whether a close(2) asks the driver. */
    final boolean flush;

    /** The files opened through this node, for notifications at its removal. */
    final Set<OpenHandle> handles = ConcurrentHashMap.newKeySet();

    private final CountDownLatch drained = new CountDownLatch(1);

    /** The links to it; guarded by the tree's lock. */
    final List<Link> links = new ArrayList<>(0);

    Device(
            long id,
            String name,
            byte[] nameBytes,
            int mode,
            int uid,
            int gid,
            FopsGate gate,
            boolean flush,
            int minor) {
        super(id, name, nameBytes, S_IFREG, mode, uid, gid);
        this.gate = gate;
        this.flush = flush;
        this.minor = minor;
        // STREAM: a sleeping read must not hold the file position's lock. NOFLUSH: a close that
        // waits for the server cannot be killed.
        this.openFlags =
                FuseConstants.FOPEN_DIRECT_IO
                        | (gate.isSeekable()
                                ? 0
                                : FuseConstants.FOPEN_STREAM | FuseConstants.FOPEN_NONSEEKABLE)
                        | (flush ? 0 : FuseConstants.FOPEN_NOFLUSH);
    }

    /** No call is in the driver any more. */
    void drained() {
        drained.countDown();
    }

    /**
     * Waits until no call is in the driver.
     *
     * @param nanos how long at most; 0 or less only looks
     * @return whether none is
     */
    boolean awaitDrained(long nanos) throws InterruptedException {
        return drained.await(nanos, TimeUnit.NANOSECONDS);
    }

    boolean isDrained() {
        return drained.getCount() == 0;
    }

    /** What OPEN answers: FOPEN_* flags by the driver's character. */
    int openFlags() {
        return openFlags;
    }

    @Override
    long size() {
        try {
            return gate.size();
        } catch (ErrnoException e) {
            return 0; // removed, or the driver's supplier failed, which the gate has logged
        }
    }

    @Override
    boolean hasIdPerLookup() {
        return gate.hasSleepingWrites();
    }

    @Override
    int links() {
        return gate.isRemoving() ? 0 : 1;
    }
}

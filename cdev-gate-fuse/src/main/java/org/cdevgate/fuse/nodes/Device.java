package org.cdevgate.fuse.nodes;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.internal.LazySet;

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
    final LazySet<OpenHandle> handles = new LazySet<>();

    private boolean drained; // guarded by this

    /** The links to it; guarded by the tree's lock. */
    List<Link> links = List.of();

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
    synchronized void drained() {
        drained = true;
        notifyAll();
    }

    /**
     * Waits until no call is in the driver.
     *
     * @param nanos how long at most; 0 or less only looks
     * @return whether none is
     */
    synchronized boolean awaitDrained(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (long left = nanos; !drained && left > 0; left = deadline - System.nanoTime()) {
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left))); // 0 would be for ever
        }
        return drained;
    }

    synchronized boolean isDrained() {
        return drained;
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

package org.cdevgate.fuse.nodes;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.session.Pace;
import org.cdevgate.fuse.session.Share;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.internal.LazySet;
import org.jspecify.annotations.Nullable;

/**
 * A device's node. To stat(2) it is a regular file: the kernel would open a character device itself
 * and never ask.
 */
final class Device extends Node {
    private static final int S_IFREG = 0100000;

    private static final AtomicLongFieldUpdater<Device> TOLD =
            AtomicLongFieldUpdater.newUpdater(Device.class, "told");

    final FopsGate gate;

    /** What its sleeping calls are charged to. */
    final Share share;

    /** Which of the gate's nodes it is. */
    final int minor;

    /** How long its calls take. */
    final Pace pace = new Pace();

    // Made by the first release; most devices are never opened.
    private volatile @Nullable Closings closings;

    private final int openFlags;

    /** Whether a close(2) asks the driver. */
    final boolean flush;

    /** The files opened through this node, for notifications at its removal. */
    final LazySet<OpenHandle> handles = new LazySet<>();

    // Guarded by this: what the driver said last, and to which question.
    private long size;
    private long sizeNumber;
    private long questions;

    // What the kernel has by now as the size of the node's inode, or is told when it asks first.
    private volatile long told; // through TOLD where a later one must not be lost

    /** The last question that was not answered in time, answered by now or not; null if none. */
    volatile @Nullable SizeQuestion unanswered;

    /** Another node of the gate; guarded by the tree's lock. */
    @Nullable Device nextOfGate;

    /** The links to it; guarded by the tree's lock. */
    List<Link> links = List.of();

    /**
     * A node that is in no directory yet.
     *
     * @param name its name in there
     */
    Device(long id, NodePath.Part name, NodeDescription node, FopsGate gate, Share share) {
        super(id, name.name(), name.bytes(), S_IFREG, node.mode(), node.uid(), node.gid());
        this.gate = gate;
        this.share = share;
        this.flush = node.flush();
        this.minor = node.minor();
        // STREAM: a sleeping read must not hold the file position's lock. NOFLUSH: a close that
        // waits for the server cannot be killed.
        this.openFlags =
                FuseConstants.FOPEN_DIRECT_IO
                        | (gate.front().isSeekable()
                                ? 0
                                : FuseConstants.FOPEN_STREAM | FuseConstants.FOPEN_NONSEEKABLE)
                        | (flush ? 0 : FuseConstants.FOPEN_NOFLUSH);
    }

    /** What OPEN answers: FOPEN_* flags by the driver's character. */
    int openFlags() {
        return openFlags;
    }

    /** Its releases that are going on; null if none has ever begun. Any thread. */
    @Nullable Closings closings() {
        return closings;
    }

    /** {@link #closings()} for a release that begins. */
    Closings closingsForRelease() {
        Closings made = closings;
        if (made == null) {
            synchronized (this) {
                made = closings;
                if (made == null) {
                    made = new Closings();
                    closings = made;
                }
            }
        }
        return made;
    }

    synchronized long nextQuestion() {
        return ++questions;
    }

    /** What was asked before it had a node, or null; before anybody finds it. */
    void askedFirst(@Nullable SizeQuestion question) {
        if (question == null) {
            return;
        }
        question.isOf(this);
        if (question.isAnswered()) {
            tellSize();
        } else {
            unanswered = question;
        }
    }

    /** An answer to a question; one that was overtaken by a later question's counts no more. */
    synchronized void sizeIs(long bytes, long number) {
        if (number > sizeNumber) {
            size = bytes;
            sizeNumber = number;
        }
    }

    /**
     * The kernel is about to be told the size that is known, or once more the one that it has, if a
     * page is on its way: whoever asks would wait for that page.
     */
    void tellSize() {
        long known = knownSize();
        if (known != told && (hasIdPerLookup() || !hasPageOnItsWay())) {
            told = known;
        }
    }

    /** Whether any question was answered. */
    synchronized boolean hasSaidItsSize() {
        return sizeNumber > 0;
    }

    private synchronized long knownSize() {
        return size;
    }

    private boolean hasPageOnItsWay() {
        boolean mapped = handles.elements().stream().anyMatch(OpenHandle::isMapped);
        return gate.callsInFlight().stream()
                .map(CallInFlight::verb)
                .anyMatch(
                        verb ->
                                verb == Verb.MMAP
                                        || (mapped && (verb == Verb.READ || verb == Verb.WRITE)));
    }

    /**
     * The kernel makes the inode this large by itself, upon the answer to a write. To be called
     * after the answer, as {@link #truncated}: the kernel does not take sizes from answers to what
     * it asked before.
     */
    void writtenTo(long end) {
        if (gate.front().isSeekable() && end > told) {
            TOLD.accumulateAndGet(this, end, Math::max);
        }
    }

    /** The kernel empties the inode by itself, upon the answer to an open with O_TRUNC. */
    void truncated() {
        told = 0;
    }

    /**
     * What the kernel has already, as far as can be known here: if it finds another size in the
     * answer to a LOOKUP it waits for the node's pages, which may be in a driver, and holds the
     * directory's lock meanwhile.
     */
    @Override
    long size() {
        return told;
    }

    /** Whether it is a stream without memory to map: nothing in it has a place. */
    boolean isEndless() {
        return !gate.front().hasSize();
    }

    @Override
    boolean hasIdPerLookup() {
        return gate.front().hasSleepingWrites();
    }

    @Override
    int links() {
        return gate.isRemoving() ? 0 : 1;
    }
}

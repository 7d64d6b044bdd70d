package org.cdevgate.gate;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.internal.LazySet;
import org.cdevgate.internal.LogLimit;
import org.cdevgate.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The holds of one gate.
 *
 * <p><b>Why none is missed.</b> A taker raises {@link #count} and then reads the gate's flag; the
 * remover sets the flag and then reads the count. All four are synchronization actions and so in
 * one order: either the taker sees the flag and takes its claim back, or the remover sees the
 * count. Each change of the count reads the one before it, so a remover that reads 0 comes after
 * everything that was done before each release.
 */
@SuppressWarnings("Finally") // an Error that ends a call goes on, see CallFrame
final class HoldTable {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);
    private static final LogLimit LOST_HOLDS = new LogLimit();

    private static final AtomicLongFieldUpdater<HoldTable> COUNT =
            AtomicLongFieldUpdater.newUpdater(HoldTable.class, "count");

    /** Of all gates: who looks reports what others have lost too. */
    private static final ReferenceQueue<Hold> LOST = new ReferenceQueue<>();

    private final FopsGate gate;
    private volatile long count; // through COUNT
    private final LazySet<Entry> entries = new LazySet<>();

    HoldTable(FopsGate gate) {
        this.gate = gate;
    }

    /**
     * Takes a hold.
     *
     * @param onCancel what is to be done when the removal begins, or null
     */
    Hold take(String tag, @Nullable DriverAction onCancel, boolean withStack)
            throws ErrnoException {
        if (Objects.requireNonNull(tag, "tag").isEmpty()) {
            throw new IllegalArgumentException("tag is empty; a hold needs one, for reports");
        }
        StackRoom.require(); // the count comes back in any case
        reportLost();
        CancelCallback callback = onCancel == null ? null : new CancelCallback(gate, onCancel);
        Hold hold = new Hold(this, tag, callback, withStack);
        Entry entry = hold.entry();
        boolean taken = false;
        COUNT.incrementAndGet(this);
        try {
            if (!gate.isRemoving()) {
                entries.add(entry);
                // Not added if the flag was set meanwhile: nobody would run it.
                if (callback == null || gate.cancels().add(callback)) {
                    taken = true;
                    return hold;
                }
            }
        } finally {
            if (!taken) {
                try {
                    entries.remove(entry);
                    entry.clear(); // nobody has lost it
                } finally {
                    COUNT.decrementAndGet(this);
                }
            }
        }
        gate.wakeRemovers();
        throw Errno.ENODEV.exception();
    }

    /** Whether the device is held by nobody; once the flag is set that stays so. */
    boolean isEmpty() {
        if (count == 0) {
            return true;
        }
        reportLost();
        return false;
    }

    /**
     * Those not released yet; a snapshot.
     *
     * @param most so many are added to {@code holds}, those first that were lost
     * @return how many there are
     */
    int inFlight(int most, List<CallInFlight> holds) {
        reportLost();
        int count = 0;
        int left = most;
        for (Entry each : entries.elements()) {
            count++;
            if (each.isLost() && left > 0) {
                holds.add(Snapshots.hold(gate, each));
                left--;
            }
        }
        for (Entry each : entries.elements()) {
            if (left == 0) {
                break;
            }
            if (!each.isLost()) {
                holds.add(Snapshots.hold(gate, each));
                left--;
            }
        }
        return count;
    }

    private void reportLost() {
        for (Object gone; (gone = LOST.poll()) != null; ) {
            ((Entry) gone).reportLost();
        }
    }

    /** What is known of a hold when it is lost. */
    final class Entry extends PhantomReference<Hold> {
        final String tag;
        final String threadName = Thread.currentThread().getName();
        final long start = System.nanoTime();

        /** Where it was taken, if that is kept. */
        final @Nullable Throwable taken;

        private final @Nullable CancelCallback callback;
        private final AtomicBoolean released = new AtomicBoolean();
        private volatile boolean leaked;

        Entry(Hold hold, String tag, @Nullable CancelCallback callback, boolean withStack) {
            super(hold, LOST);
            this.tag = tag;
            this.callback = callback;
            this.taken = withStack ? new Throwable("hold \"" + tag + "\" was taken here") : null;
        }

        String device() {
            return gate.name();
        }

        boolean isReleased() {
            return released.get();
        }

        boolean isLost() {
            return leaked;
        }

        boolean release() {
            StackRoom.require();
            if (!released.compareAndSet(false, true)) {
                return false;
            }
            try {
                if (callback != null) {
                    callback.abandon();
                }
            } finally {
                COUNT.decrementAndGet(HoldTable.this);
            }
            entries.remove(this);
            clear();
            gate.wakeRemovers();
            return true;
        }

        void run(DriverAction part) throws Exception {
            StackRoom.require();
            // Raised before the look: if the hold is not released yet then a remover that reads the
            // count from here on waits for the part also after the release.
            COUNT.incrementAndGet(HoldTable.this);
            try {
                if (released.get()) {
                    throw new IllegalStateException(
                            "hold \""
                                    + tag
                                    + "\" of "
                                    + device()
                                    + " is released; run the work first, then release");
                }
                Frame frame = Frame.push(gate.ref(), Verb.HOLD, null);
                try {
                    part.run();
                } finally {
                    try {
                        gate.end(frame);
                    } catch (Throwable e) {
                        frame.published =
                                (frame.published & ~CallFrame.IN_FLIGHT) | CallFrame.EXTRAS;
                        throw e;
                    }
                }
            } finally {
                COUNT.decrementAndGet(HoldTable.this);
            }
            gate.wakeRemovers();
        }

        void reportLost() {
            if (released.get()) {
                return;
            }
            leaked = true;
            int leftOut = LOST_HOLDS.admit(); // a client may have a driver lose them in a loop
            if (leftOut < 0) {
                return;
            }
            LOG.error(
                    "{} is held for ever: hold \"{}\", taken by thread {}, was lost without being"
                            + " released; release() it where its work ends{}{}",
                    gate,
                    tag,
                    threadName,
                    taken == null ? " (diagnostic level FULL tells where it was taken)" : "",
                    LogLimit.more(leftOut),
                    taken);
        }
    }
}

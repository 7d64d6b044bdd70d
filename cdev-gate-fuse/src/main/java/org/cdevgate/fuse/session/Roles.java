package org.cdevgate.fuse.session;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which worker acts in which {@link Role}. This is plain state, and all there is of a role: it
 * cannot be on its way from one worker to another. A worker that offers its role, or has died with
 * it, stays its holder until another worker takes it from there, so whoever looks here, a standby
 * or the monitor, sees what is left to do.
 *
 * <p>How a role moves:
 *
 * <ul>
 *   <li>from nobody to a worker, by that worker's compare-and-set;
 *   <li>from a holder that offers it to another worker, by {@link Worker#bequeath} under the
 *       holder's lock, where the request that the holder still runs is made findable first;
 *   <li>from a holder to nobody, by the holder itself.
 * </ul>
 *
 * A holder cannot lose its role otherwise, so at most one worker has it. Who opens a role (offers
 * it, queues a request for the runner, releases it) does so, then looks for a standby to wake; a
 * standby lists itself, then looks for an open role. All of these are volatile, so one of the two
 * sees the other. No method allocates or throws.
 */
final class Roles {
    private final AtomicReference<@Nullable Worker> reader = new AtomicReference<>();
    private final AtomicReference<@Nullable Worker> runner = new AtomicReference<>();
    private final BooleanSupplier readerWanted;
    private final BooleanSupplier runnerWanted;

    /**
     * @param readerWanted whether there is anything to read
     * @param runnerWanted whether there is anything to run again
     */
    Roles(BooleanSupplier readerWanted, BooleanSupplier runnerWanted) {
        this.readerWanted = readerWanted;
        this.runnerWanted = runnerWanted;
    }

    private AtomicReference<@Nullable Worker> slot(Role role) {
        return role == Role.READER ? reader : runner;
    }

    private boolean isWanted(Role role) {
        return (role == Role.READER ? readerWanted : runnerWanted).getAsBoolean();
    }

    /** The worker that has a role, or null. */
    @Nullable Worker holder(Role role) {
        return slot(role).get();
    }

    /** Whether a worker has a role. */
    boolean isHolder(Worker worker) {
        return reader.get() == worker || runner.get() == worker;
    }

    /** Whether somebody has to take a role, or to take it from its holder. */
    boolean isOpen(Role role) {
        Worker holder = slot(role).get();
        return holder == null ? isWanted(role) : holder.isLeaving();
    }

    /** Whether any role {@link #isOpen}. */
    boolean isAnyOpen() {
        return isOpen(Role.READER) || isOpen(Role.RUNNER);
    }

    /** Takes an open role, the reader's first; false if none is open. */
    boolean takeAny(Worker heir) {
        return take(Role.READER, heir) || take(Role.RUNNER, heir);
    }

    /** Takes a role if it is open and wanted. One that is open and not wanted becomes nobody's. */
    boolean take(Role role, Worker heir) {
        AtomicReference<@Nullable Worker> slot = slot(role);
        while (true) {
            Worker holder = slot.get();
            if (holder == null) {
                if (!isWanted(role)) {
                    return false;
                }
                if (slot.compareAndSet(null, heir)) {
                    return true;
                }
            } else if (!holder.isLeaving()) {
                return false;
            } else if (isWanted(role)) {
                return holder.bequeath(role, heir);
            } else if (!holder.bequeath(role, null)) {
                return false;
            }
            // It became nobody's: whoever wanted it meanwhile may have found the holder's name.
        }
    }

    /**
     * Moves a role; false if {@code from} does not have it. Called under the lock of {@code from}.
     */
    boolean move(Role role, Worker from, @Nullable Worker heir) {
        return slot(role).compareAndSet(from, heir);
    }

    /** Gives up a role for which there is nothing to do. The caller then looks once more. */
    void release(Role role, Worker holder) {
        slot(role).compareAndSet(holder, null);
    }
}

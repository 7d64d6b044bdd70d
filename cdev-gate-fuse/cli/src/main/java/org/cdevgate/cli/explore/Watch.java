package org.cdevgate.cli.explore;

import org.jspecify.annotations.Nullable;

/**
 * Decides from {@link Look}s whether a run still gets anywhere. Time alone never decides: a program
 * on a loaded machine is found ready to run, not asleep.
 */
final class Watch {
    /** The program cannot have been seen asleep by chance this often. */
    private static final int LEAST_LOOKS = 10;

    /** Nobody reads so much, and it has to fit on the disk. */
    private static final long MOST_OUTPUT = 64L << 20;

    private static final int TIMES = 5;

    /** Why a run is ended before the program ends. */
    enum Stop {
        /** It does nothing. */
        IDLE,
        /** It works, and not with a device. */
        SPINS,
        /** Its time is over. */
        GOES_ON,
        /** It uses a device that is there; a base run has seen enough, another goes on as one. */
        SETTLED
    }

    /**
     * What a run is measured by.
     *
     * @param patience nanoseconds
     * @param usual nanoseconds that the base run took; 0 if it did not end by itself
     * @param longest nanoseconds that a run may take before anything goes wrong
     * @param endless whether the base run did not end by itself, or is this one
     * @param enough calls after which a run that does not end has shown what it does
     */
    record Limits(long patience, long usual, long longest, boolean endless, long enough) {}

    private final Limits limits;
    private final long began;

    private @Nullable Look last;

    // Since anything was last seen to move.
    private long movedAt;
    private int looks;
    private int busyLooks;

    // Since a device that is there was last used, or what was to go wrong has gone wrong.
    private long usedAt;
    private int looksSinceUse;
    private int busySinceUse;
    private long refusedAt;

    /** When it went wrong, or the device was there again. */
    private long hitAt;

    private int looksSinceHit;

    Watch(Limits limits, long began) {
        this.limits = limits;
        this.began = began;
        movedAt = began;
        usedAt = began;
        refusedAt = began - limits.patience();
    }

    /** Takes the next look; null if the run may go on. */
    @Nullable Stop look(Look look) {
        note(look);
        if (look.output() > MOST_OUTPUT) {
            return Stop.SPINS;
        }
        boolean idle =
                looks >= LEAST_LOOKS
                        && busyLooks * 2 < looks
                        && look.nanos() - movedAt >= limits.patience();
        return look.hit() ? afterHit(look, idle) : beforeHit(look, idle);
    }

    private @Nullable Stop beforeHit(Look look, boolean idle) {
        if (idle) {
            return Stop.IDLE;
        }
        boolean enough = limits.endless() && look.begun() >= limits.enough();
        return enough || look.nanos() - began > limits.longest() ? Stop.SETTLED : null;
    }

    private @Nullable Stop afterHit(Look look, boolean idle) {
        if (limits.endless()
                && look.there()
                && look.again() > 0
                && (idle || look.again() >= limits.enough())) {
            return Stop.SETTLED;
        }
        if (idle) {
            return Stop.IDLE;
        }
        long most = limits.patience() + limits.usual();
        boolean works =
                look.nanos() - refusedAt < limits.patience() || busySinceUse * 2 >= looksSinceUse;
        if (looksSinceUse >= LEAST_LOOKS && look.nanos() - usedAt > most && works) {
            return Stop.SPINS;
        }
        boolean over = looksSinceHit >= TIMES * LEAST_LOOKS && look.nanos() - hitAt > TIMES * most;
        return over ? Stop.GOES_ON : null;
    }

    private void note(Look look) {
        Look before = last == null ? new Look(began, 0, 0, 0, true, false, true, 0) : last;
        last = look;
        boolean refused = look.refused() != before.refused();
        boolean begun = look.begun() != before.begun();
        boolean changed = look.hit() != before.hit() || look.there() != before.there();
        if (refused) {
            refusedAt = look.nanos();
        }
        looksSinceHit++;
        if (changed) {
            hitAt = look.nanos();
            looksSinceHit = 0;
        }
        looks++;
        busyLooks += look.busy() ? 1 : 0;
        if (refused || begun || changed || look.output() != before.output()) {
            movedAt = look.nanos();
            looks = 0;
            busyLooks = 0;
        }
        looksSinceUse++;
        busySinceUse += look.busy() ? 1 : 0;
        if (begun || changed) {
            usedAt = look.nanos();
            looksSinceUse = 0;
            busySinceUse = 0;
        }
    }
}

package org.cdevgate.fuse.session;

import org.cdevgate.fuse.protocol.FuseOpcode;
import org.jspecify.annotations.Nullable;

/**
 * The call that a worker's thread has entered, and how long it takes if its {@link Pace} is slow.
 *
 * <p>Belongs to that thread; but the monitor calls {@link #foundSlow} beside it, and may see the
 * pace and opcode of the call before: then the wrong calls are taken for slow, for a while.
 */
final class EnteredCall {
    private @Nullable Pace pace; // null: none was entered
    private FuseOpcode opcode = FuseOpcode.UNKNOWN;
    private long enteredAt; // 0 if it is not measured

    /** A driver is about to be entered; tells whether such calls take long, and measures then. */
    boolean enter(Pace device, FuseOpcode called) {
        opcode = called;
        pace = device;
        boolean slow = device.isSlow(called);
        if (slow) {
            enteredAt = System.nanoTime();
        }
        return slow;
    }

    /** It sleeps from here on: how long it takes says nothing. */
    void parks() {
        enteredAt = 0;
    }

    /** It takes long. */
    void foundSlow() {
        Pace entered = pace;
        if (entered != null) {
            entered.foundSlow(opcode);
        }
    }

    /** The thread has left the request. */
    void left() {
        Pace left = pace;
        if (left != null && enteredAt != 0) {
            left.took(opcode, System.nanoTime() - enteredAt);
        }
        enteredAt = 0;
        pace = null;
    }
}

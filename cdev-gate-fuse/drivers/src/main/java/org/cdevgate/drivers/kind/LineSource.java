package org.cdevgate.drivers.kind;

import org.jspecify.annotations.Nullable;

/** Where {@link StreamKind} has its lines from, each with its end, byte for byte. */
interface LineSource {
    /** The line that is due, again and again until {@link #next()}; null if there is none now. */
    byte @Nullable [] peek();

    /** Goes on to the next one. */
    void next();

    /** Whether no other line comes. */
    boolean isOver();

    /** Bytes of the longest that may come. */
    int longest();
}

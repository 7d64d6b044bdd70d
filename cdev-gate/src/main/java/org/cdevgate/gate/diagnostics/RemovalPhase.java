package org.cdevgate.gate.diagnostics;

import java.util.Locale;

/** A step of a removal, in the order in which they run. */
public enum RemovalPhase {
    /** The flag is set: new calls fail from here on. */
    FLAG,
    /** The device's name is taken out of the library's own table. */
    NAME_GONE,
    /** Sleepers are woken, hooks and cancellation callbacks started. */
    WAKE,
    /** The calls in flight are waited for, and the hooks. */
    DRAIN,
    /** Open files are released, their destructors run, mappings closed. */
    RELEASE,
    /** The teardown callbacks run. */
    TEARDOWN;

    /** The name for people, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

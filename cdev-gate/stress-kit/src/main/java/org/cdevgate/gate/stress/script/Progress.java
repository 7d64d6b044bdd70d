package org.cdevgate.gate.stress.script;

/** How far an actor of a {@link Script} has come. */
public enum Progress {
    /** It stands at the point that it was to go to. */
    STANDS,

    /** It waits for something in the code it runs: a lock, a wake-up, another thread. */
    WAITS,

    /** It has run to its end. */
    ENDED
}

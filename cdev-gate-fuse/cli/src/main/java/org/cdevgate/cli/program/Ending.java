package org.cdevgate.cli.program;

/** How a program came to its end. */
public enum Ending {
    /** By itself. */
    EXITED,
    /** By a signal; or by itself with an exit code as shells give it to such a program. */
    SIGNALLED,
    /** It did nothing any more, and was ended. */
    HUNG,
    /** It called its devices again and again although they were gone, and was ended. */
    SPUN;

    /** Whether it had to be ended. */
    public boolean isForced() {
        return this == HUNG || this == SPUN;
    }
}

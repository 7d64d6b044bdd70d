package org.cdevgate.cli.exit;

/** What env(1) and timeout(1) exit with where the program's own code is not to be had. */
public final class ExitCodes {
    /** The program hung after the removal and was ended. */
    public static final int HUNG = 124;

    /** The command itself failed, or did not unplug what it was told to. */
    public static final int FAILED = 125;

    /** The program was found and cannot be started. */
    public static final int NOT_EXECUTABLE = 126;

    /** There is no such program. */
    public static final int NOT_FOUND = 127;

    private ExitCodes() {}
}

package org.cdevgate.cli.exit;

/**
 * What the command exits with where there is no program's own code, as env(1) and timeout(1) do.
 */
public final class ExitCodes {
    /** All of it in one sentence, for --help. */
    public static final String HELP =
            "Exits with the program's own code, 128 and the number if a signal ended it; 124 if it"
                    + " hung after the removal and was ended; 125 if the command itself failed, or"
                    + " a plan never came true; 126 if the program cannot be executed, 127 if there"
                    + " is none.";

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

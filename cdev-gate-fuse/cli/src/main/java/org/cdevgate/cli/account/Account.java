package org.cdevgate.cli.account;

import java.util.List;
import org.cdevgate.cli.exit.ExitCodes;

/**
 * What happened in a run.
 *
 * @param program with its arguments
 * @param exitCode the program's own
 * @param hung whether it was ended because it did nothing any more
 * @param millis how long it ran
 * @param devices what happened to each device
 * @param unfired plans that never came true, as they were written
 */
public record Account(
        List<String> program,
        int exitCode,
        boolean hung,
        long millis,
        List<OfDevice> devices,
        List<String> unfired) {

    /**
     * Calls of one kind.
     *
     * @param call as people write it
     * @param answer what they got
     * @param count how many
     */
    public record Calls(String call, String answer, long count) {}

    /**
     * One removal.
     *
     * @param plan as it was written
     * @param atMillis after the program's start
     * @param inFlight the calls, and what those got that slept
     * @param drainMicros to the end of the teardown; -1 if that has not come
     */
    public record Removal(String plan, long atMillis, List<String> inFlight, long drainMicros) {}

    /**
     * One device.
     *
     * @param name below /dev
     * @param total calls that reached it
     * @param refused calls after a removal
     * @param calls each kind with each answer
     * @param last the last calls, the oldest first
     * @param removals in order
     */
    public record OfDevice(
            String name,
            long total,
            long refused,
            List<Calls> calls,
            List<String> last,
            List<Removal> removals) {}

    /** Whether the run shows what it was to show. */
    public boolean isGood() {
        return !hung && unfired.isEmpty() && exitCode == 0;
    }

    /** The exit code of the command. */
    public int commandExitCode() {
        return hung ? ExitCodes.HUNG : unfired.isEmpty() ? exitCode : ExitCodes.FAILED;
    }

    /** How the program ended, in words. */
    public String ending() {
        if (hung) {
            return "hung and was ended";
        }
        return exitCode > 128 && exitCode <= 128 + 64
                ? "killed by signal " + (exitCode - 128) + ", or exit " + exitCode
                : "exit " + exitCode;
    }
}

package org.cdevgate.cli.account;

import java.util.List;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.cli.program.Ending;

/**
 * What happened in a run.
 *
 * @param program with its arguments
 * @param ending how it came to its end
 * @param exitCode the program's own
 * @param millis how long it ran
 * @param devices what happened to each device
 * @param openFiles files of the devices that processes had open when the program had ended
 * @param left processes that it left running
 * @param unfired plans that never came true, as they were written
 */
public record Account(
        List<String> program,
        Ending ending,
        int exitCode,
        long millis,
        List<OfDevice> devices,
        int openFiles,
        List<String> left,
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
     * @param inFlight the calls that it met, each with what it got
     * @param drainMicros to the end of the teardown; -1 if that has not come
     */
    public record Removal(String plan, long atMillis, List<String> inFlight, long drainMicros) {}

    /**
     * One device.
     *
     * @param name below /dev
     * @param total calls that reached it
     * @param refused calls that a removal ended, or that came after one
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

    /** The exit code of the command. */
    public int commandExitCode() {
        if (ending.isForced()) {
            return ExitCodes.HUNG;
        }
        return unfired.isEmpty() ? exitCode : ExitCodes.FAILED;
    }

    /** How the program came to its end, in words. */
    public String ended() {
        return switch (ending) {
            case EXITED -> "exit " + exitCode;
            case SIGNALLED -> "exit " + exitCode + ", as of signal " + (exitCode - 128);
            case HUNG -> "hung and was ended";
            case SPUN -> "called in vain again and again and was ended";
        };
    }
}

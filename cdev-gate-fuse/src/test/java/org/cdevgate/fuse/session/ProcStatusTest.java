package org.cdevgate.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcStatusTest {
    /** As the kernel shows them while a request is held: measured for each of these signals. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "nothing pending, 0, 0, 0, 0, 0, false",
        "SIGKILL, 100, 100, 0, 0, 0, true",
        "SIGTERM by default: the thread gets a SIGKILL, 100, 4000, 0, 0, 0, true",
        "exit_group of another thread, 100, 0, 0, 0, 0, true",
        "SIGQUIT dumps core and sets no SIGKILL, 0, 4, 0, 0, 0, true",
        "SIGQUIT caught, 0, 4, 0, 0, 4, false",
        "SIGQUIT ignored, 0, 4, 0, 4, 0, false",
        "SIGQUIT blocked, 0, 4, 4, 0, 0, false",
        "SIGINT with a handler, 2, 0, 0, 0, 2, false",
        "SIGCHLD by default, 0, 10000, 0, 0, 0, false",
        "SIGSTOP, 0, 40000, 0, 0, 0, false",
    })
    void aThreadIsDyingIfAPendingSignalEndsIt(
            String name,
            String pending,
            String shared,
            String blocked,
            String ignored,
            String caught,
            boolean dying) {
        String status =
                "Name:\tcat\nState:\tD (disk sleep)\nSigPnd:\t"
                        + mask(pending)
                        + "\nShdPnd:\t"
                        + mask(shared)
                        + "\nSigBlk:\t"
                        + mask(blocked)
                        + "\nSigIgn:\t"
                        + mask(ignored)
                        + "\nSigCgt:\t"
                        + mask(caught)
                        + "\nCapInh:\t0000000000000000\n";
        assertEquals(
                dying,
                ProcStatus.parse(status).isDying(),
                "a living process would lose its call, or a dying one would hang");
    }

    private static String mask(String hex) {
        return "0".repeat(16 - hex.length()) + hex;
    }
}

package org.cdevgate.cli.explore;

import java.util.List;

/** Names of signals, as asm-generic/signal.h numbers them. */
final class SignalNames {
    private static final List<String> NAMES =
            List.of(
                    "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    private SignalNames() {}

    /** {@code SIGSEGV}; a real-time signal by its number. */
    static String of(int signal) {
        return signal > 0 && signal < NAMES.size() ? "SIG" + NAMES.get(signal) : "signal " + signal;
    }
}

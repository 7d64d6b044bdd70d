package org.cdevgate.cli.program;

import java.util.ArrayList;
import java.util.List;

/**
 * The last steps before the program, in the process that becomes it:
 *
 * <ul>
 *   <li>the kernel is to kill it if this JVM is killed, for nobody is left to answer for its
 *       devices then. It is told of the end of the thread that started it, so that thread has to
 *       wait for the program;
 *   <li>it may have been killed before that: then its parent is another one;
 *   <li>this JVM blocks SIGQUIT in its threads, and who it starts inherits that.
 * </ul>
 */
final class Launch {
    /** $1 the JVM, then the program. */
    private static final String CHECKED =
            "[ \"$PPID\" = \"$1\" ] || exit; shift; exec env --default-signal=QUIT -- \"$@\"";

    private Launch() {}

    /** The command that becomes a program, in no namespace of its own. */
    static List<String> of(List<String> program) {
        return of(program, List.of());
    }

    /**
     * The same.
     *
     * @param privileges options of setpriv(1)
     */
    static List<String> of(List<String> program, List<String> privileges) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
        command.addAll(privileges);
        command.addAll(List.of("--", "sh", "-c", CHECKED, "cdev-gate"));
        command.add(String.valueOf(ProcessHandle.current().pid()));
        command.addAll(program);
        return command;
    }
}

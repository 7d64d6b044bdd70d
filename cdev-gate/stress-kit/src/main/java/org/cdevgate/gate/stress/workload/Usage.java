package org.cdevgate.gate.stress.workload;

import java.util.List;

/**
 * How a command is called. It says so when it is asked by {@code --help}, on standard output and
 * with status 0; and when it is called wrongly in one line, on standard error and with status 2.
 * Both end the JVM.
 */
public final class Usage {
    private final String command;
    private final String arguments;
    private final String explanation;

    /**
     * @param command the class with {@code main}
     * @param arguments as they are written after it, options in brackets
     * @param explanation what it does, and what each argument means
     */
    public Usage(Class<?> command, String arguments, String explanation) {
        this.command = command.getSimpleName();
        this.arguments = arguments;
        this.explanation = explanation;
    }

    /** The line that shows all arguments. */
    public String line() {
        return ("usage: " + command + " " + arguments).strip();
    }

    /** All that {@code --help} tells. */
    public String help() {
        return line() + "\n\n" + explanation.strip() + "\n";
    }

    /** Ends the JVM with the help, if one of the arguments asks for it. */
    public void helpIfAsked(String... args) {
        if (List.of(args).contains("--help")) {
            System.out.print(help());
            System.exit(0);
        }
    }

    /**
     * {@link #helpIfAsked}, and ends the JVM too where an option is none of those that there are,
     * or the other arguments are too few or too many.
     *
     * @param options as they are written: {@code --long}
     */
    public void check(String[] args, int least, int most, String... options) {
        helpIfAsked(args);
        int others = 0;
        for (String each : args) {
            if (!each.startsWith("-")) {
                others++;
            } else if (!List.of(options).contains(each)) {
                refuse("unknown option " + each);
            }
        }
        if (others < least || others > most) {
            refuse(others + " arguments; give " + (least == most ? least : least + " to " + most));
        }
    }

    /**
     * Ends the JVM with an error.
     *
     * @param wrong names the argument
     */
    public void refuse(String wrong) {
        System.err.println(command + ": " + wrong + "; " + line() + "; --help tells more");
        System.exit(2);
    }
}

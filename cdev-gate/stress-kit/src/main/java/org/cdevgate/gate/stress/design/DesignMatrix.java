package org.cdevgate.gate.stress.design;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.cdevgate.gate.stress.script.ScriptFailure;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * Which design keeps which promise. From the command line:
 *
 * <pre>
 *   java -cp 'your.jar:lib/*' org.cdevgate.gate.stress.design.DesignMatrix your.Design ...
 * </pre>
 *
 * <p>prints the matrix as a table of Markdown, then what was seen where a promise is broken. Exit
 * status 0 whatever the designs keep, 1 if a scenario could not be played, 2 for wrong arguments.
 */
public final class DesignMatrix {
    private final List<Design> designs;
    private final List<List<Answer>> rows = new ArrayList<>();

    private DesignMatrix(List<Design> designs) {
        this.designs = designs;
    }

    /**
     * Plays all scenarios on all designs; a few seconds.
     *
     * @throws ScriptFailure if one cannot be played; names design and promise
     */
    public static DesignMatrix of(List<Design> designs) {
        DesignMatrix matrix = new DesignMatrix(List.copyOf(designs));
        for (Promise promise : Promise.values()) {
            List<Answer> row = new ArrayList<>();
            for (Design design : designs) {
                row.add(promise.ask(design));
            }
            matrix.rows.add(row);
        }
        return matrix;
    }

    /** What a design does with a promise. */
    public Answer answer(Promise promise, Design design) {
        return rows.get(promise.number() - 1).get(designs.indexOf(design));
    }

    /** The table and the list, as docs/stress.md shows them. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(256);
        StringJoiner head = new StringJoiner(" | ", "| promise | ", " |\n");
        StringJoiner line = new StringJoiner(" | ", "| --- | ", " |\n");
        for (Design design : designs) {
            head.add(design.name());
            line.add("---");
        }
        text.append(head).append(line);
        for (Promise promise : Promise.values()) {
            StringJoiner row = new StringJoiner(" | ", "| " + promise + " | ", " |\n");
            for (Design design : designs) {
                row.add(answer(promise, design).verdict().toString());
            }
            text.append(row);
        }
        String separator = "\n";
        for (Design design : designs) {
            for (Promise promise : Promise.values()) {
                Answer answer = answer(promise, design);
                if (answer.verdict() == Answer.Verdict.BROKEN) {
                    text.append(separator);
                    separator = "";
                    text.append("- ").append(design.name()).append(", promise ");
                    text.append(promise.number()).append(": ");
                    text.append(answer.seen()).append('\n');
                }
            }
        }
        return text.toString();
    }

    private static final Usage USAGE =
            new Usage(
                    DesignMatrix.class,
                    "CLASS...",
                    "Asks designs of device removal what the gate promises, and prints what each"
                            + " keeps.\n\n"
                            + "  CLASS   implements Design, with a public constructor without"
                            + " parameters");

    /** Prints it; see the class comment. */
    public static void main(String[] args) {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) {
        if (List.of(args).contains("--help")) {
            out.print(USAGE.help());
            return 0;
        }
        List<Design> designs = new ArrayList<>();
        designs.add(new GateDesign());
        try {
            if (args.length == 0) {
                throw new IllegalArgumentException("name classes that implement Design");
            }
            for (String name : args) {
                designs.add(design(name));
            }
        } catch (IllegalArgumentException e) {
            out.println("design matrix: " + e.getMessage() + "; " + USAGE.line());
            return 2;
        }
        try {
            out.print(of(designs));
            return 0;
        } catch (ScriptFailure e) {
            out.println("design matrix: a scenario could not be played: " + e);
            e.printStackTrace(out);
            return 1;
        }
    }

    private static Design design(String name) {
        try {
            return Class.forName(name).asSubclass(Design.class).getConstructor().newInstance();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalArgumentException(
                    name
                            + " is no Design with a public constructor without parameters on the"
                            + " class path; on the module path in a package that is exported or"
                            + " opened to org.cdevgate.gate.stress ("
                            + e
                            + ")",
                    e);
        }
    }
}

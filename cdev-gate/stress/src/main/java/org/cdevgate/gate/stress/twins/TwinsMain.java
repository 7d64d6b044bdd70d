package org.cdevgate.gate.stress.twins;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.ScriptFailure;
import org.cdevgate.gate.stress.script.WrongDesign;

/** Plays every wrong design's scenario, and the same on correct gates. */
public final class TwinsMain {
    private final PrintStream out;
    private int caught;
    private int passed;
    private int failed;

    private TwinsMain(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        TwinsMain run = new TwinsMain(System.out);
        List<WrongDesign<?>> designs = Twins.all();
        designs.forEach(run::play);
        run.out.println(
                "scenarios: "
                        + run.passed
                        + " passed, "
                        + run.failed
                        + " failed, twins caught "
                        + run.caught
                        + " of "
                        + designs.size());
        System.exit(run.failed == 0 && run.caught == designs.size() ? 0 : 1);
    }

    private void play(WrongDesign<?> design) {
        try {
            Outcome outcome = design.examine();
            if (outcome.forbidden()) {
                caught++;
                out.println("twin caught: " + design.name() + ": " + outcome.seen());
            } else {
                out.println("TWIN NOT CAUGHT: " + design.name() + ": " + outcome.seen());
            }
        } catch (ScriptFailure | AssertionError e) {
            out.println("TWIN NOT CAUGHT: " + design.name() + ": " + e);
            e.printStackTrace(out);
        }
        for (Map.Entry<String, Outcome> each : design.compare().entrySet()) {
            if (each.getValue().forbidden()) {
                failed++;
                out.println("FAILED: " + each.getKey() + ": " + each.getValue().seen());
            } else {
                passed++;
            }
        }
    }
}

package org.cdevgate.gate.stress;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cdevgate.device.stress.twins.DeviceTwins;
import org.cdevgate.gate.stress.proposals.Proposals;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.ScriptFailure;
import org.cdevgate.gate.stress.script.WrongDesign;
import org.cdevgate.gate.stress.twins.Twins;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * Plays the scenario of every wrong design, broken twins and proposals, and the same scenario on
 * correct gates; one line for each, and one that counts them:
 *
 * <pre>scenarios: 51 passed, 0 failed, twins caught 23 of 23</pre>
 *
 * <p>Passed and failed are the correct gates. The exit status is 0 if none failed and every wrong
 * design was caught: its scenario saw what it was made to show, and not just anything forbidden.
 */
public final class WrongDesigns {
    private final PrintStream out;
    private int caught;
    private int passed;
    private int failed;

    private WrongDesigns(PrintStream out) {
        this.out = out;
    }

    /** Twins of the gate, of what is around it, then proposals. */
    public static List<WrongDesign<?>> all() {
        List<WrongDesign<?>> all = new ArrayList<>(Twins.all());
        all.addAll(DeviceTwins.all());
        all.addAll(Proposals.all());
        return all;
    }

    public static void main(String[] args) {
        new Usage(
                        WrongDesigns.class,
                        "",
                        "Plays the scenario of every wrong design, and the same on correct gates.")
                .check(args, 0, 0);
        System.exit(play(all(), System.out) ? 0 : 1);
    }

    /** Plays the scenarios of these; whether every design was caught and no correct gate failed. */
    static boolean play(List<WrongDesign<?>> designs, PrintStream out) {
        WrongDesigns run = new WrongDesigns(out);
        designs.forEach(run::play);
        out.printf(
                "scenarios: %d passed, %d failed, twins caught %d of %d%n",
                run.passed, run.failed, run.caught, designs.size());
        return run.failed == 0 && run.caught == designs.size();
    }

    private <M> void play(WrongDesign<M> design) {
        String name = design.name();
        try {
            Outcome outcome = design.scenario().play(design.wrong());
            if (design.isShownBy(outcome)) {
                caught++;
                out.printf(
                        "twin caught: %s: %s (promise %s)%n",
                        name, outcome.seen(), design.promise());
            } else {
                out.printf(
                        "TWIN NOT CAUGHT: %s: it was to show \"%s\", and showed \"%s\"%n",
                        name, design.shows(), outcome.seen());
            }
        } catch (ScriptFailure | AssertionError e) {
            notPlayed("TWIN NOT CAUGHT: " + name, e);
        }
        for (Map.Entry<String, M> each : design.correct().entrySet()) {
            String on = name + ", on the correct gate " + each.getKey();
            try {
                Outcome outcome = design.scenario().play(each.getValue());
                if (outcome.forbidden()) {
                    failed++;
                    out.printf("FAILED: %s: %s%n", on, outcome.seen());
                } else {
                    passed++;
                }
            } catch (ScriptFailure | AssertionError e) {
                failed++;
                notPlayed("FAILED: " + on, e);
            }
        }
    }

    private void notPlayed(String what, Throwable why) {
        out.println(what + ": the scenario could not be played: " + why);
        why.printStackTrace(out);
    }
}

package org.cdevgate.gate.stress.model;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Asks the questions and tells what came of it. */
final class ModelRun {
    /** How many interleavings of each scenario are explored at most. */
    private static final int ON_THE_GATE = 450;

    private static final int ON_A_PEER = 200;
    private static final int ON_A_TWIN = 3000;

    private final PrintStream out;
    private final double factor;
    private final boolean traces;
    private int passed;
    private int failed;
    private int caught;

    /**
     * A run.
     *
     * @param factor on the number of interleavings that are explored of what must pass
     * @param traces whether to tell how each twin was caught
     */
    ModelRun(PrintStream out, double factor, boolean traces) {
        this.out = out;
        this.factor = factor;
        this.traces = traces;
    }

    /**
     * Runs.
     *
     * @param share which of the shares, from 1
     * @param part of the names of the questions that are asked
     * @return whether all passed and all twins were caught
     */
    boolean run(int share, int shares, String part) {
        ModelTransformer.check();
        List<Question> gate = some(Questions.gate(), Question::name, share, shares, part);
        List<Question> traced = some(Questions.traced(), Question::name, share, shares, part);
        List<Question> peers = some(Questions.peers(), Question::name, share, shares, part);
        List<Twin> twins =
                some(Questions.twins(), twin -> twin.question().name(), share, shares, part);
        if (gate.isEmpty() && traced.isEmpty() && peers.isEmpty() && twins.isEmpty()) {
            out.println("model: no scenario is called like \"" + part + '"');
        }
        explore(factor * ON_THE_GATE, true, gate).forEach(this::judge);
        explore(factor * ON_THE_GATE, false, traced).forEach(this::judge);
        explore(factor * ON_A_PEER, true, peers).forEach(this::judge);
        for (Twin twin : twins) {
            judge(twin, explore(ON_A_TWIN, true, List.of(twin.question())).get(0));
        }
        ModelTransformer.check(); // of all that has been loaded meanwhile
        out.println(
                "model: "
                        + passed
                        + " passed, "
                        + failed
                        + " failed, twins caught "
                        + caught
                        + " of "
                        + twins.size());
        return failed == 0 && caught == twins.size() && passed + caught > 0;
    }

    private static <T> List<T> some(
            List<T> all, Function<T, String> name, int share, int shares, String part) {
        List<T> some = new ArrayList<>();
        for (int i = share - 1; i < all.size(); i += shares) {
            if (name.apply(all.get(i)).contains(part)) {
                some.add(all.get(i));
            }
        }
        return some;
    }

    private static List<ModelFinding> explore(
            double mostInterleavings, boolean isTraceOneStep, List<Question> questions) {
        return new LincheckExplorer((int) mostInterleavings, isTraceOneStep).explore(questions);
    }

    private void judge(ModelFinding finding) {
        if (finding.kind() == ModelFinding.Kind.PASSED) {
            passed++;
            out.println("model: passed: " + finding.question() + explored(finding));
        } else {
            failed++;
            out.println("model: FAILED: " + finding.question() + what(finding));
            out.println(finding.report());
        }
    }

    /** A twin is caught when its own fault is found, and not by any other failure. */
    void judge(Twin twin, ModelFinding finding) {
        boolean isCaught = twin.isShownBy(finding);
        if (isCaught) {
            caught++;
            out.println("twin caught by the model checker: " + twin.question() + what(finding));
        } else {
            out.println(
                    "TWIN NOT CAUGHT by the model checker: "
                            + twin.question()
                            + what(finding)
                            + "; it was to show "
                            + twin.shows());
        }
        if (traces || !isCaught) {
            out.println(finding.report());
        }
    }

    private static String what(ModelFinding finding) {
        return (finding.seen().isEmpty() ? "" : ": " + finding.seen()) + explored(finding);
    }

    private static String explored(ModelFinding finding) {
        return " (" + finding.interleavings() + " interleavings)";
    }
}

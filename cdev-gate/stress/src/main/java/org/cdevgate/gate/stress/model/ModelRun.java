package org.cdevgate.gate.stress.model;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Predicate;

/** Asks all questions and tells what came of it. */
final class ModelRun {
    private static final int LONG = 50;

    private final PrintStream out = System.out;
    private final boolean traces;
    private int passed;
    private int failed;
    private int caught;

    private ModelRun(boolean traces) {
        this.traces = traces;
    }

    /**
     * Runs.
     *
     * @return whether all passed and all twins were caught
     */
    static boolean run(boolean isLong, boolean traces, String part) {
        ModelTransformer.check();
        ModelRun run = new ModelRun(traces);
        int factor = isLong ? LONG : 1;
        Predicate<Question> wanted = question -> question.name().contains(part);
        List<Question> gate = Questions.gate().stream().filter(wanted).toList();
        List<Question> peers =
                "gate".equals(System.getProperty("model.only"))
                        ? List.of()
                        : Questions.peers().stream().filter(wanted).toList();
        List<Question> twins =
                "gate".equals(System.getProperty("model.only"))
                        ? List.of()
                        : Questions.twins().stream().filter(wanted).toList();
        ModelTransformer.check();
        new Explorer(600 * factor).explore(gate).forEach(run::judge);
        new Explorer(200 * factor).explore(peers).forEach(run::judge);
        for (Question twin : twins) {
            new Explorer(2000 * factor).explore(List.of(twin)).forEach(run::judgeTwin);
        }
        ModelTransformer.check();
        run.out.println(
                "model: "
                        + run.passed
                        + " passed, "
                        + run.failed
                        + " failed, twins caught "
                        + run.caught
                        + " of "
                        + twins.size());
        return run.failed == 0 && run.caught == twins.size() && run.passed + run.caught > 0;
    }

    private void judge(Finding finding) {
        if (finding.kind() == Finding.Kind.PASSED) {
            passed++;
            out.println(
                    "model: passed: "
                            + finding.question()
                            + " ("
                            + finding.interleavings()
                            + " interleavings)");
        } else {
            failed++;
            out.println("model: FAILED: " + finding.question() + ": " + finding.seen());
            out.println(finding.report());
        }
    }

    private void judgeTwin(Finding finding) {
        switch (finding.kind()) {
            case BROKEN, HUNG -> {
                caught++;
                out.println(
                        "twin caught by the model checker: "
                                + finding.question()
                                + ": "
                                + finding.seen());
                if (traces) {
                    out.println(finding.report());
                }
            }
            case PASSED ->
                    out.println(
                            "TWIN NOT CAUGHT by the model checker: "
                                    + finding.question()
                                    + " ("
                                    + finding.interleavings()
                                    + " interleavings)");
            case UNEXPECTED -> {
                out.println(
                        "TWIN NOT CAUGHT by the model checker: "
                                + finding.question()
                                + ": "
                                + finding.seen());
                out.println(finding.report());
            }
        }
    }
}

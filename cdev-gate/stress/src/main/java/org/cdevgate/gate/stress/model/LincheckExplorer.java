package org.cdevgate.gate.stress.model;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Explores interleavings with Lincheck: first all without a preemption, then all with one, and so
 * on, up to a number of runs; when that is reached within a level, it is spread evenly over it. The
 * choice is the same each time.
 *
 * <p>Threads are switched in the code under test. What it calls of java.util runs in one go, locks
 * and atomics excepted, which Lincheck knows: the JDK's collections are not under test. Before and
 * after such a call threads may be switched, so two of them are not one step.
 */
final class LincheckExplorer {
    /** More turns of one loop, with nobody else able to go on, are a livelock. */
    private static final int LOOP_BOUND = 300;

    /** Methods of the JDK's collections through which the code under test calls itself. */
    private static final Set<String> CALLING_BACK = Set.of("forEach", "removeIf");

    private static final Set<String> OBSERVERS =
            Set.of(
                    "org.cdevgate.gate.Culprits",
                    "org.cdevgate.gate.calls.CallInFlight",
                    "org.cdevgate.gate.calls.CallInFlight$Builder",
                    "org.cdevgate.gate.removal.RemovalReport");

    /** Observes, but for its walk over the calls in flight, which is how a removal finds them. */
    private static final String SNAPSHOTS = "org.cdevgate.gate.Snapshots";

    /** Observes too, and has each call that it finds tell the remover of its end. */
    private static final String TRACE = "org.cdevgate.gate.RemovalTrace";

    private final int mostInterleavings;
    private final boolean isTraceOneStep;

    /**
     * An explorer.
     *
     * @param mostInterleavings of each question
     * @param isTraceOneStep whether what is noted of a removal runs in one go, which halves a run
     */
    LincheckExplorer(int mostInterleavings, boolean isTraceOneStep) {
        this.mostInterleavings = mostInterleavings;
        this.isTraceOneStep = isTraceOneStep;
    }

    /**
     * Asks one after the other. What took too long by the clock is asked a second time: the choice
     * of interleavings is the same each time, so code that loops does it again, and a machine that
     * stood still does not.
     */
    List<ModelFinding> explore(List<Question> questions) {
        return explore(questions, this::exploreUntilFailure);
    }

    /** Asks some questions until the first failure, and adds a finding for each that was asked. */
    interface Asking {
        void ask(List<Question> questions, List<ModelFinding> findings);
    }

    static List<ModelFinding> explore(List<Question> questions, Asking asking) {
        List<ModelFinding> findings = new ArrayList<>();
        int askedAgain = -1;
        while (findings.size() < questions.size()) {
            asking.ask(questions.subList(findings.size(), questions.size()), findings);
            int last = findings.size() - 1;
            if (findings.get(last).kind() == ModelFinding.Kind.TOO_SLOW && askedAgain != last) {
                findings.remove(last);
                askedAgain = last;
            }
        }
        return findings;
    }

    private void exploreUntilFailure(List<Question> questions, List<ModelFinding> findings) {
        ModelCast.set(questions.stream().map(Question::model).toList());
        Verdicts.clear();
        ModelCheckingOptions options =
                new ModelCheckingOptions()
                        .iterations(0) // of scenarios that Lincheck makes up
                        .invocationsPerIteration(mostInterleavings)
                        .loopBound(LOOP_BOUND)
                        .verifier(Verdicts.class)
                        .addGuarantee(
                                forClasses(ModelCast.class.getName(), RunState.class.getName())
                                        .allMethods()
                                        .ignore())
                        .addGuarantee(
                                forClasses(JdkCollections::contains)
                                        .methods(method -> !CALLING_BACK.contains(method))
                                        .treatAsAtomic())
                        .addGuarantee(forClasses(this::observes).allMethods().ignore())
                        .addGuarantee(
                                forClasses(SNAPSHOTS).methods(method -> !isWalk(method)).ignore());
        for (int number = 0; number < questions.size(); number++) {
            options.addCustomScenario(scenario(number, ModelCast.threads(number)));
        }
        int passed = questions.size();
        String report = null;
        try {
            options.check(ModelStage.class);
        } catch (LincheckAssertionError e) {
            passed = ModelCast.running();
            report = e.getMessage();
        } catch (IllegalStateException e) { // a run could not be repeated
            passed = ModelCast.running();
            report = e.toString();
        }
        for (int number = 0; number < passed; number++) {
            findings.add(ModelFinding.passed(questions.get(number), Verdicts.runs(number)));
        }
        if (report != null) {
            findings.add(ModelFinding.failed(questions.get(passed), Verdicts.runs(passed), report));
        }
    }

    /** Code that tells people what happens and changes nothing. */
    private boolean observes(String className) {
        return className.startsWith("org.cdevgate.gate.diagnostics.")
                || className.startsWith("org.slf4j.")
                || OBSERVERS.contains(className)
                || (isTraceOneStep && className.startsWith(TRACE));
    }

    private static ExecutionScenario scenario(int number, int threads) {
        List<List<Actor>> parts = new ArrayList<>();
        for (String part : List.of("first", "second", "third").subList(0, threads)) {
            parts.add(List.of(new Actor(method(part), List.of())));
        }
        return new ExecutionScenario(
                List.of(new Actor(method("prepare", int.class), List.of(number))),
                parts,
                List.of(new Actor(method("afterwards"), List.of())),
                null);
    }

    private static Method method(String name, Class<?>... parameters) {
        try {
            return ModelStage.class.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("Stage has lost a method", e);
        }
    }

    /** {@code calls}, the lambda in it, and {@code call}. */
    private static boolean isWalk(String method) {
        return method.contains("call");
    }
}

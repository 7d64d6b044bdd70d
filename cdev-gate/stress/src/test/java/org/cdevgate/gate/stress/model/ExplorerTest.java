package org.cdevgate.gate.stress.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.cdevgate.gate.stress.model.scenarios.TwoClosesModel;
import org.junit.jupiter.api.Test;

class ExplorerTest {
    private static final Question FIRST = new Question("first", TwoClosesModel::new);
    private static final Question SECOND = new Question("second", TwoClosesModel::new);
    private static final List<Question> BOTH = List.of(FIRST, SECOND);
    private static final String STOOD_STILL =
            "\n= The execution has hung, see the thread dump =\n| first(): <hung> |\n";
    private static final String HUNG = "\n= The execution has hung =\n| first(): <hung> |\n";

    private final List<List<Question>> asked = new ArrayList<>();
    private final Deque<List<ModelFinding>> answers = new ArrayDeque<>();

    private List<ModelFinding.Kind> explore() {
        return LincheckExplorer.explore(
                        BOTH,
                        (questions, findings) -> {
                            asked.add(List.copyOf(questions));
                            findings.addAll(answers.remove());
                        })
                .stream()
                .map(ModelFinding::kind)
                .toList();
    }

    @Test
    void theQuestionsBehindOneThatFailedAreAskedToo() {
        answers.add(List.of(ModelFinding.failed(FIRST, 7, HUNG)));
        answers.add(List.of(ModelFinding.passed(SECOND, 9)));
        assertEquals(List.of(ModelFinding.Kind.HUNG, ModelFinding.Kind.PASSED), explore());
        assertEquals(List.of(BOTH, List.of(SECOND)), asked);
    }

    @Test
    void aMachineThatStoodStillIsGivenASecondChance() {
        answers.add(
                List.of(
                        ModelFinding.passed(FIRST, 9),
                        ModelFinding.failed(SECOND, 7, STOOD_STILL)));
        answers.add(List.of(ModelFinding.passed(SECOND, 9)));
        assertEquals(List.of(ModelFinding.Kind.PASSED, ModelFinding.Kind.PASSED), explore());
        assertEquals(List.of(BOTH, List.of(SECOND)), asked);
    }

    @Test
    void codeThatLoopsIsAskedTwiceOnly() {
        answers.add(List.of(ModelFinding.failed(FIRST, 7, STOOD_STILL)));
        answers.add(List.of(ModelFinding.failed(FIRST, 7, STOOD_STILL)));
        answers.add(List.of(ModelFinding.failed(SECOND, 7, STOOD_STILL)));
        answers.add(List.of(ModelFinding.passed(SECOND, 9)));
        assertEquals(List.of(ModelFinding.Kind.TOO_SLOW, ModelFinding.Kind.PASSED), explore());
    }
}

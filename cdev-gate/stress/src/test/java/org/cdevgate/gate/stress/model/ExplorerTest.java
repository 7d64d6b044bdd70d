package org.cdevgate.gate.stress.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.cdevgate.gate.stress.model.scenarios.TwoCloses;
import org.junit.jupiter.api.Test;

class ExplorerTest {
    private static final Question FIRST = new Question("first", TwoCloses::new);
    private static final Question SECOND = new Question("second", TwoCloses::new);
    private static final List<Question> BOTH = List.of(FIRST, SECOND);
    private static final String STOOD_STILL =
            "\n= The execution has hung, see the thread dump =\n| first(): <hung> |\n";
    private static final String HUNG = "\n= The execution has hung =\n| first(): <hung> |\n";

    private final List<List<Question>> asked = new ArrayList<>();
    private final Deque<List<Finding>> answers = new ArrayDeque<>();

    private List<Finding.Kind> explore() {
        return Explorer.explore(
                        BOTH,
                        (questions, findings) -> {
                            asked.add(List.copyOf(questions));
                            findings.addAll(answers.remove());
                        })
                .stream()
                .map(Finding::kind)
                .toList();
    }

    @Test
    void theQuestionsBehindOneThatFailedAreAskedToo() {
        answers.add(List.of(Finding.failed(FIRST, 7, HUNG)));
        answers.add(List.of(Finding.passed(SECOND, 9)));
        assertEquals(List.of(Finding.Kind.HUNG, Finding.Kind.PASSED), explore());
        assertEquals(List.of(BOTH, List.of(SECOND)), asked);
    }

    @Test
    void aMachineThatStoodStillIsGivenASecondChance() {
        answers.add(List.of(Finding.passed(FIRST, 9), Finding.failed(SECOND, 7, STOOD_STILL)));
        answers.add(List.of(Finding.passed(SECOND, 9)));
        assertEquals(List.of(Finding.Kind.PASSED, Finding.Kind.PASSED), explore());
        assertEquals(List.of(BOTH, List.of(SECOND)), asked);
    }

    @Test
    void codeThatLoopsIsAskedTwiceOnly() {
        answers.add(List.of(Finding.failed(FIRST, 7, STOOD_STILL)));
        answers.add(List.of(Finding.failed(FIRST, 7, STOOD_STILL)));
        answers.add(List.of(Finding.failed(SECOND, 7, STOOD_STILL)));
        answers.add(List.of(Finding.passed(SECOND, 9)));
        assertEquals(List.of(Finding.Kind.TOO_SLOW, Finding.Kind.PASSED), explore());
    }
}

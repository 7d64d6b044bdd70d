package org.cdevgate.gate.stress.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cdevgate.gate.stress.model.scenarios.TwoCloses;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final Question QUESTION = new Question("two closes", TwoCloses::new);

    @Test
    void aBrokenPromiseIsToldInTheWordsOfTheScenario() {
        Finding finding =
                Finding.failed(
                        QUESTION,
                        7,
                        "\n= Invalid execution results =\n| first(): AssertionError #1 |\n"
                                + "#1: java.lang.AssertionError: the teardown ran twice\n"
                                + "\tat org.cdevgate\n");
        assertEquals(Finding.Kind.BROKEN, finding.kind());
        assertEquals("the teardown ran twice", finding.seen());
    }

    @Test
    void threadsThatWaitForEachOtherAreAFinding() {
        Finding finding =
                Finding.failed(QUESTION, 7, "\n= The execution has hung =\n| second(): <hung> |\n");
        assertEquals(Finding.Kind.HUNG, finding.kind());
    }

    @Test
    void aRunThatTookTooLongByTheClockSaysNothingAboutTheGate() {
        Finding finding =
                Finding.failed(QUESTION, 7, "\n= The execution has hung, see the thread dump =\n");
        assertEquals(Finding.Kind.TOO_SLOW, finding.kind());
    }

    @Test
    void anExceptionThatIsNoBrokenPromiseIsNotTakenForOne() {
        Finding finding =
                Finding.failed(
                        QUESTION,
                        7,
                        "\n= Invalid execution results =\n#1: java.lang.NullPointerException\n");
        assertEquals(Finding.Kind.UNEXPECTED, finding.kind());
    }
}

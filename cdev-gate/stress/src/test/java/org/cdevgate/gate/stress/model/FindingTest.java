package org.cdevgate.gate.stress.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.cdevgate.gate.stress.model.scenarios.TwoClosesModel;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final Question QUESTION = new Question("two closes", TwoClosesModel::new);

    @Test
    void aBrokenPromiseIsToldInTheWordsOfTheScenario() {
        ModelFinding finding =
                ModelFinding.failed(
                        QUESTION,
                        7,
                        "\n= Invalid execution results =\n| first(): AssertionError #1 |\n"
                                + "#1: java.lang.AssertionError: the teardown ran twice\n"
                                + "\tat org.cdevgate\n");
        assertEquals(ModelFinding.Kind.BROKEN, finding.kind());
        assertEquals("the teardown ran twice", finding.seen());
    }

    @Test
    void threadsThatWaitForEachOtherAreAFinding() {
        ModelFinding finding =
                ModelFinding.failed(
                        QUESTION, 7, "\n= The execution has hung =\n| second(): <hung> |\n");
        assertEquals(ModelFinding.Kind.HUNG, finding.kind());
    }

    @Test
    void aRunThatTookTooLongByTheClockSaysNothingAboutTheGate() {
        ModelFinding finding =
                ModelFinding.failed(
                        QUESTION, 7, "\n= The execution has hung, see the thread dump =\n");
        assertEquals(ModelFinding.Kind.TOO_SLOW, finding.kind());
    }

    @Test
    void anExceptionThatIsNoBrokenPromiseIsNotTakenForOne() {
        ModelFinding finding =
                ModelFinding.failed(
                        QUESTION,
                        7,
                        "\n= Invalid execution results =\n#1: java.lang.NullPointerException\n");
        assertEquals(ModelFinding.Kind.UNEXPECTED, finding.kind());
    }

    private static final String TRACE =
            """
            = The execution has hung =
            | first(): <hung> | second(): <hung> |

            Detailed trace:
            | Thread 1                               | Thread 2                         | Thread 3   |
            |                                        | second(): <hung>                 |            |
            |                                        |   gate.remove() at Model.b(M:5)  |            |
            |                                        |                                  | third()    |
            |                                        |                                  | c at C.d(C:1) |
            |                                        |                                  | result: void |
            | first(): <hung>                        |                                  |            |
            |   calls = 1 at CallCount.up(C:10)      |                                  |            |
            |     WAIT at SleepQueue.sleepUnless(S:21) |                                |            |
            |     switch (reason: wait on monitor)   |                                  |            |
            |                                        |     WAIT at CallCount.await(C:34) |           |
            """;

    @Test
    void ofThreadsThatWaitForEverItIsToldWhereAndOfNoOthers() {
        assertEquals(
                List.of("WAIT at SleepQueue.sleepUnless", "WAIT at CallCount.await"),
                ModelFinding.failed(QUESTION, 7, TRACE).waits());
    }

    @Test
    void aTwinThatHangsElsewhereIsNotCaught() {
        Twin twin =
                Twin.hanging(
                        List.of("WAIT at SleepQueue.sleepUnless", "WAIT at CallCount.await"),
                        QUESTION);
        assertTrue(twin.isShownBy(ModelFinding.failed(QUESTION, 7, TRACE)));
        assertFalse(
                twin.isShownBy(
                        ModelFinding.failed(QUESTION, 7, TRACE.replace("CallCount.await", "A.b"))));
        assertFalse(
                twin.isShownBy(
                        ModelFinding.failed(QUESTION, 7, TRACE.replace("WAIT", "MONITORENTER"))));
        assertFalse(twin.isShownBy(broken("a call was lost")), "it did not even hang");
    }

    @Test
    void aTwinThatBreaksAnotherPromiseIsNotCaught() {
        Twin twin = Twin.breaking("the teardown ran twice", QUESTION);
        assertTrue(twin.isShownBy(broken("the teardown ran twice")));
        assertFalse(twin.isShownBy(broken("the teardown ran twice as fast")));
        assertFalse(twin.isShownBy(ModelFinding.failed(QUESTION, 7, TRACE)));
        assertFalse(twin.isShownBy(ModelFinding.passed(QUESTION, 9)));
    }

    private static ModelFinding broken(String promise) {
        return ModelFinding.failed(
                QUESTION,
                7,
                "\n= Invalid execution results =\n#1: java.lang.AssertionError: " + promise);
    }

    @Test
    void theRunCountsATwinThatFailsOtherwiseAsNotCaught() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelRun run = new ModelRun(new PrintStream(bytes, true, UTF_8), 1, false);
        run.judge(Twin.breaking("the teardown ran twice", QUESTION), broken("it rained"));
        String printed = bytes.toString(UTF_8);
        assertTrue(printed.startsWith("TWIN NOT CAUGHT by the model checker: two closes"), printed);
        assertTrue(printed.contains("it was to show [the teardown ran twice]"), printed);
    }
}

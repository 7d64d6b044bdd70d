package org.cdevgate.gate.stress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;
import org.cdevgate.gate.stress.script.WrongDesign;
import org.cdevgate.gate.stress.twins.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class WrongDesignsTest {
    @TestFactory
    List<DynamicTest> eachWrongDesignIsCaughtAndEachCorrectGatePasses() {
        List<DynamicTest> tests = new ArrayList<>();
        for (WrongDesign<?> design : WrongDesigns.all()) {
            addTests(design, tests);
        }
        return tests;
    }

    private static <M> void addTests(WrongDesign<M> design, List<DynamicTest> tests) {
        tests.add(
                DynamicTest.dynamicTest(
                        design.name(),
                        () -> {
                            Outcome outcome = design.scenario().play(design.wrong());
                            assertTrue(outcome.forbidden(), "not caught: " + outcome.seen());
                            assertEquals(design.shows(), outcome.seen());
                        }));
        design.correct()
                .forEach(
                        (name, maker) ->
                                tests.add(
                                        DynamicTest.dynamicTest(
                                                design.name() + ", " + name,
                                                () -> {
                                                    Outcome outcome = design.scenario().play(maker);
                                                    assertFalse(
                                                            outcome.forbidden(), outcome.seen());
                                                })));
    }

    @Test
    void theRunFailsWhenATwinPasses() {
        String printed = printedByAFailingRun(first(WrongDesignsTest::correctInPlaceOfWrong));
        assertTrue(printed.contains("TWIN NOT CAUGHT: check, then use"), printed);
        assertTrue(
                printed.endsWith("scenarios: 5 passed, 0 failed, twins caught 0 of 1\n"), printed);
    }

    @TestFactory
    List<DynamicTest> aTwinThatFailsForAnotherReasonIsNotCounted() {
        List<DynamicTest> tests = new ArrayList<>();
        for (WrongDesign<?> design : WrongDesigns.all()) {
            tests.add(
                    DynamicTest.dynamicTest(
                            design.name(),
                            () -> {
                                String printed = printedByAFailingRun(failingOtherwise(design));
                                assertTrue(
                                        printed.contains(
                                                "TWIN NOT CAUGHT: "
                                                        + design.name()
                                                        + ": it was to show \""
                                                        + design.shows()
                                                        + "\", and showed \"the machine is on"
                                                        + " fire\""),
                                        printed);
                                assertTrue(printed.endsWith(", twins caught 0 of 1\n"), printed);
                            }));
        }
        return tests;
    }

    /** Whatever plays in it, its scenario sees something that it was not made to show. */
    private static <M> WrongDesign<M> failingOtherwise(WrongDesign<M> design) {
        return new WrongDesign<>(
                design.name(),
                design.promise(),
                design.shows(),
                maker ->
                        maker == design.wrong()
                                ? Outcome.broken("the machine is on fire")
                                : Outcome.kept("nothing"),
                design.wrong(),
                design.correct());
    }

    @Test
    void aTwinThatHangsElsewhereIsNotCounted() {
        WrongDesign<Runnable> design =
                new WrongDesign<>(
                        "hangs",
                        "0",
                        "both wait for ever: one in WrongDesignsTest.wanted",
                        code -> {
                            try (Script script = new Script()) {
                                script.actor("one", code::run);
                                script.finish("one");
                                if (!script.endsInDeadlock()) {
                                    return Outcome.kept("it went on");
                                }
                                String who = script.whoWaits();
                                script.interrupt("one");
                                return Outcome.broken("both wait for ever: " + who);
                            }
                        },
                        WrongDesignsTest::elsewhere,
                        Map.of("x", () -> {}));
        String printed = printedByAFailingRun(design);
        assertTrue(
                printed.contains(
                        "showed \"both wait for ever: one in WrongDesignsTest.elsewhere\""),
                printed);
        assertTrue(
                printed.endsWith("scenarios: 1 passed, 0 failed, twins caught 0 of 1\n"), printed);
    }

    private static void elsewhere() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    @Test
    void aTwinSaysWhatItShows() {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new WrongDesign<>(
                                        "vague",
                                        "0",
                                        "",
                                        maker -> Outcome.broken(maker),
                                        "wrong",
                                        Map.of("x", "correct")));
        assertTrue(refused.getMessage().contains("vague"), refused.getMessage());
    }

    @Test
    void theRunFailsWhenACorrectGateDoesNotPass() {
        String printed = printedByAFailingRun(first(WrongDesignsTest::wrongInPlaceOfCorrect));
        assertTrue(printed.contains("FAILED: check, then use, on the correct gate x: "), printed);
        assertTrue(
                printed.endsWith("scenarios: 0 passed, 1 failed, twins caught 1 of 1\n"), printed);
    }

    @Test
    void theRunFailsWhenAScenarioCannotBePlayed() {
        WrongDesign<String> broken =
                new WrongDesign<>(
                        "nothing",
                        "0",
                        "something",
                        maker -> {
                            throw new AssertionError(maker);
                        },
                        "wrong",
                        Map.of("x", "correct"));
        String printed = printedByAFailingRun(broken);
        assertTrue(printed.contains("TWIN NOT CAUGHT: nothing: the scenario could not"), printed);
        assertTrue(
                printed.endsWith("scenarios: 0 passed, 1 failed, twins caught 0 of 1\n"), printed);
    }

    private interface Change {
        <M> WrongDesign<M> to(WrongDesign<M> design);
    }

    private static WrongDesign<?> first(Change change) {
        return change.to(Twins.all().get(0));
    }

    private static <M> WrongDesign<M> correctInPlaceOfWrong(WrongDesign<M> design) {
        M correct = design.correct().values().iterator().next();
        return new WrongDesign<>(
                design.name(),
                design.promise(),
                design.shows(),
                design.scenario(),
                correct,
                design.correct());
    }

    private static <M> WrongDesign<M> wrongInPlaceOfCorrect(WrongDesign<M> design) {
        return new WrongDesign<>(
                design.name(),
                design.promise(),
                design.shows(),
                design.scenario(),
                design.wrong(),
                Map.of("x", design.wrong()));
    }

    private static String printedByAFailingRun(WrongDesign<?> design) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, UTF_8);
        boolean good = WrongDesigns.play(List.of(design), out);
        String printed = bytes.toString(UTF_8).replace("\r\n", "\n");
        assertFalse(good, printed);
        assertEquals(1, printed.lines().filter(line -> line.startsWith("scenarios: ")).count());
        return printed;
    }
}

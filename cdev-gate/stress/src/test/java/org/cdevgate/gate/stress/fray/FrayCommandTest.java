package org.cdevgate.gate.stress.fray;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class FrayCommandTest {
    private static final Path SOURCES = Path.of("../src/main/java");

    private static final List<String> PASSED =
            List.of(
                    "2026-11-30 22:44:08 [INFO]: Fray started.",
                    "2026-11-30 22:44:21 [INFO]: Run finished. Total iter: 60, Elapsed time:"
                            + " 13617ms");

    private static final List<String> HUNG =
            List.of(
                    "2026-11-30 22:44:08 [INFO]: Fray started.",
                    "2026-11-30 22:44:21 [INFO]: Error found at iter: 240, step: 911, Elapsed",
                    "2026-11-30 22:44:21 [INFO]: Error:"
                            + " org.pastalab.fray.runtime.DeadlockException",
                    "Thread: Thread[#31,reader,5,main]",
                    "\tat org.cdevgate.gate.LocalRequest.awaitTold(LocalRequest.java:66)");

    private static final Fault FAULT =
            new Fault(
                    "nobody is woken",
                    "x/A.java",
                    "wake();\nleave();",
                    "leave();",
                    List.of("DeadlockException", "LocalRequest.awaitTold"));

    private static final FrayCase CASE =
            new FrayCase("a case", GateCases.class, "twoWakers", List.of(FAULT));

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final FrayCommand command =
            new FrayCommand(
                    new PrintStream(bytes, true, UTF_8), Path.of("x"), Path.of("x"), "x", false);

    private String printed() {
        return bytes.toString(UTF_8);
    }

    /** A case that cannot be played at all would pass as one that never fails. */
    @TestFactory
    List<DynamicTest> eachCaseCanBePlayed() {
        List<DynamicTest> tests = new ArrayList<>();
        for (FrayCase each : FrayCases.all()) {
            tests.add(
                    DynamicTest.dynamicTest(
                            each.name(),
                            () -> {
                                Method method = each.owner().getMethod(each.method());
                                method.invoke(null);
                            }));
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> eachFaultFitsTheSources() {
        List<DynamicTest> tests = new ArrayList<>();
        for (FrayCase each : FrayCases.all()) {
            for (Fault fault : each.faults()) {
                tests.add(
                        DynamicTest.dynamicTest(
                                each + ", " + fault.name(),
                                () -> {
                                    String source = Files.readString(SOURCES.resolve(fault.file()));
                                    assertFalse(source.equals(fault.edit(source)), "no change");
                                }));
            }
        }
        return tests;
    }

    @Test
    void schedulesAreCounted() {
        command.judge(CASE, FrayReport.of(PASSED));
        assertEquals("fray: a case: 60 schedules\n", printed());
        assertEquals(
                "fray: 1 cases, 60 schedules, 0 failed, twins caught 0 of 0", command.summary());
    }

    @Test
    void aCaseThatHangsFails() {
        command.judge(CASE, FrayReport.of(HUNG));
        assertTrue(printed().startsWith("fray: FAILED: a case: schedule 241: "), printed());
        assertTrue(printed().contains("LocalRequest.awaitTold"), "where it hangs: " + printed());
    }

    @Test
    void aRunThatCameToNoEndFails() {
        command.judge(CASE, FrayReport.of(PASSED.subList(0, 1)));
        assertTrue(printed().contains("it did not come to its end"), printed());
        command.judge(CASE, FrayReport.of(List.of()));
        assertTrue(command.summary().contains(" 2 failed"), command.summary());
    }

    @Test
    void aFaultIsFoundByWhatItShows() {
        command.judge(CASE, FAULT, FrayReport.of(HUNG));
        assertTrue(printed().startsWith("twin caught: a case, nobody is woken: "), printed());
        assertTrue(command.summary().endsWith(" 0 failed, twins caught 1 of 1"), printed());
    }

    @Test
    void aFaultThatShowsAsAnotherIsNotFound() {
        List<String> elsewhere = new ArrayList<>(HUNG);
        elsewhere.set(4, "\tat org.cdevgate.gate.CancelCallback.callEnds(CancelCallback.java:90)");
        command.judge(CASE, FAULT, FrayReport.of(elsewhere));
        assertTrue(printed().startsWith("TWIN NOT CAUGHT: a case, nobody is woken: "), printed());
        assertTrue(command.summary().endsWith(" twins caught 0 of 1"), command.summary());
    }

    @Test
    void oneOfSeveralTextsIsEnough() {
        Fault either =
                new Fault(
                        "nobody is woken",
                        "x/A.java",
                        "wake();",
                        "",
                        List.of(
                                "LivenessException or DeadlockException",
                                "CallScan.awaitNone or LocalRequest.awaitTold"));
        assertTrue(either.isShownBy(FrayReport.of(HUNG)));
        List<String> elsewhere = new ArrayList<>(HUNG);
        elsewhere.set(4, "\tat org.cdevgate.gate.CancelCallback.callEnds(CancelCallback.java:90)");
        assertFalse(either.isShownBy(FrayReport.of(elsewhere)));
    }

    @Test
    void aFaultThatNothingFindsIsNotFound() {
        command.judge(CASE, FAULT, FrayReport.of(PASSED));
        assertTrue(printed().contains("and showed: nothing"), printed());
        assertTrue(command.summary().endsWith(" twins caught 0 of 1"), command.summary());
    }

    @Test
    void aFaultThatDoesNotFitSaysSo() {
        assertEquals("a();\nleave();\nb();", FAULT.edit("a();\n  wake();\n  leave();\nb();"));
        IllegalStateException gone =
                assertThrows(IllegalStateException.class, () -> FAULT.edit("leave();"));
        assertTrue(gone.getMessage().contains("does not fit"), gone.getMessage());
        IllegalStateException twice =
                assertThrows(
                        IllegalStateException.class,
                        () -> FAULT.edit("wake();\nleave();\nwake();\nleave();"));
        assertTrue(twice.getMessage().contains("twice"), twice.getMessage());
    }
}

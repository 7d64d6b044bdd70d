package org.cdevgate.gate.stress.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.stress.oracle.Finding;
import org.junit.jupiter.api.Test;

class RunTest {
    private static final int STEPS = 1_000;

    /** Notes the decisions of its worker's steps. */
    private record Noting(String name, List<String> notes) implements Action {
        @Override
        public void run(StressWorker worker) {
            if (notes.size() == STEPS) {
                worker.run().end();
                return;
            }
            notes.add(name + worker.dice().bits());
            for (int more = (int) (System.nanoTime() & 7); more > 0; more--) {
                worker.dice().bits(); // as many as chance wants
            }
        }
    }

    private static List<String> decisions(long seed) throws InterruptedException {
        List<String> notes = new ArrayList<>();
        StressPlan plan =
                new StressPlan(device -> device.gate(new FileOperations() {}))
                        .seed(seed)
                        .duration(Duration.ofMinutes(1))
                        .crew(
                                WorkerRole.named("noting")
                                        .with(2, new Noting("a", notes))
                                        .with(1, new Noting("b", notes)),
                                1,
                                0);
        RunResult result = new StressRun(plan).execute();
        assertEquals(List.of(), result.findings());
        return notes;
    }

    @Test
    void theSeedFixesWhatEachStepDecidesHoweverTheStepsBeforeItWent() throws Exception {
        List<String> first = decisions(42);
        assertEquals(STEPS, first.size());
        assertEquals(first, decisions(42), "the same seed decided otherwise");
        assertNotEquals(first, decisions(43), "another seed decided the same");
    }

    @Test
    void aRunThatExercisedNothingFails() throws Exception {
        StressPlan plan =
                new StressPlan(device -> device.gate(new FileOperations() {}))
                        .duration(Duration.ofMillis(50))
                        .required("open: done")
                        .crew(WorkerRole.named("idle").with(1, Disturbance.PAUSE), 1, 0);
        List<Finding> findings = new StressRun(plan).execute().findings();
        assertEquals(1, findings.size());
        assertEquals(Finding.Kind.NOT_EXERCISED, findings.get(0).kind());
        assertEquals("open: done", findings.get(0).subject());
    }

    @Test
    void anActionThatFailsEndsTheRunWithItsStack() throws Exception {
        Action broken =
                new Action() {
                    @Override
                    public String name() {
                        return "broken";
                    }

                    @Override
                    public void run(StressWorker worker) {
                        throw new IllegalStateException("broken action");
                    }
                };
        StressPlan plan =
                new StressPlan(device -> device.gate(new FileOperations() {}))
                        .duration(Duration.ofMinutes(1))
                        .crew(WorkerRole.named("broken").with(1, broken), 1, 0);
        Finding found = new StressRun(plan).execute().findings().get(0);
        assertEquals(Finding.Kind.RUN_FAILED, found.kind());
        assertTrue(found.detail().contains("RunTest"), found::detail);
    }

    @Test
    void aFactoryWhoseGateTheOracleCannotSeeIsRefused() throws Exception {
        StressPlan plan =
                new StressPlan(device -> FopsGate.builder("own", new FileOperations() {}))
                        .crew(
                                WorkerRole.named("remover").with(1, RemovalAction.UNREGISTER_SYNC),
                                1,
                                0);
        RunResult result = new StressRun(plan).execute();
        assertEquals(Finding.Kind.RUN_FAILED, result.findings().get(0).kind());
        assertTrue(result.findings().get(0).what().contains("bench.gate(driver)"));
        assertEquals(0, result.devices());
    }

    @Test
    void optionsNameWhatIsWrong() {
        RunOptions options = RunOptions.parse(new String[] {"--seed", "7", "--seconds", "3"}, 1);
        assertEquals(7, options.seed());
        assertEquals(3, options.seconds());
        options.refuseOthers();
        assertFalse(
                RunOptions.parse(new String[0], 1).seed()
                        == RunOptions.parse(new String[0], 1).seed(),
                "runs without a seed must differ");
        for (String[] wrong :
                new String[][] {{"--seconds", "0"}, {"--seed", "x1"}, {"--seed"}, {"seed", "1"}}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> RunOptions.parse(wrong, 1));
            String value = wrong[wrong.length - 1];
            assertTrue(
                    refused.getMessage().contains(value) || refused.getMessage().contains(wrong[0]),
                    refused::getMessage);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> RunOptions.parse(new String[] {"--sed", "1"}, 1).refuseOthers());
    }
}

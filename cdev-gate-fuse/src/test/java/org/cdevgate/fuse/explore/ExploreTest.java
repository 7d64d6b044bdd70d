package org.cdevgate.fuse.explore;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each scenario under many schedules of its threads, the same ones each time. More and others:
 * {@code -Dcdevgate.explore.seconds=60} for each scenario, {@code -Dcdevgate.explore.seed=N}; see
 * docs/stress.md.
 */
class ExploreTest {
    private static final int SECONDS = Integer.getInteger("cdevgate.explore.seconds", 0);
    private static final long SEED = Long.getLong("cdevgate.explore.seed", 1);
    private static final int RUNS = SECONDS > 0 ? Integer.MAX_VALUE : 60;
    private static final int MAX_SECONDS = 20;

    // A run's threads take turns, so one run at a time leaves a processor idle.
    private static final ExecutorService POOL = Executors.newFixedThreadPool(2);
    private static final ThreadLocal<ModelLoader> LOADER =
            ThreadLocal.withInitial(() -> new ModelLoader(Map.of()));

    @AfterAll
    static void end() {
        POOL.shutdownNow();
    }

    @TestFactory
    List<DynamicTest> everyScheduleKeepsThePromise() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : ScenarioList.names(LOADER.get())) {
            Future<ScheduleExplorer.Result> result =
                    POOL.submit(
                            () ->
                                    ScenarioList.explore(
                                            LOADER.get(),
                                            name,
                                            RUNS,
                                            SECONDS > 0 ? SECONDS : MAX_SECONDS,
                                            SEED));
            tests.add(DynamicTest.dynamicTest(name, () -> passed(name, result.get())));
        }
        return tests;
    }

    private static void passed(String name, ScheduleExplorer.Result result) {
        assertNull(
                result.finding(),
                () -> name + ", seed " + SEED + ", run " + result.runs() + ": " + result.finding());
        if (SECONDS > 0) {
            System.out.println(name + ": " + result.runs() + " schedules");
        }
    }
}

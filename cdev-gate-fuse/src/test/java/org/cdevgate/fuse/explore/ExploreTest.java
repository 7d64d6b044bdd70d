package org.cdevgate.fuse.explore;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.stream.Stream;
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
    private static final int RUNS = SECONDS > 0 ? Integer.MAX_VALUE : 150;
    private static final int MOST_SECONDS = 20;

    @TestFactory
    Stream<DynamicTest> everyScheduleKeepsThePromise() throws Exception {
        ModelLoader loader = new ModelLoader(Map.of());
        return Scenarios.names(loader).stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> explore(loader, name)));
    }

    private static void explore(ModelLoader loader, String name) throws Exception {
        Explorer.Result result =
                Scenarios.explore(loader, name, RUNS, SECONDS > 0 ? SECONDS : MOST_SECONDS, SEED);
        assertNull(
                result.finding(),
                () -> name + ", seed " + SEED + ", run " + result.runs() + ": " + result.finding());
        if (SECONDS > 0) {
            System.out.println(name + ": " + result.runs() + " schedules");
        }
    }
}

package org.cdevgate.fuse.explore;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Breaks the session in each of the ways listed in mutants.txt, and wants each to be found. A
 * command of its own, not a part of the tests: see docs/stress.md.
 */
class MutantsCheck {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final int RUNS = Integer.getInteger("cdevgate.explore.runs", 4000);

    // Schedules are what is counted. That takes a minute at most, so much longer means no end.
    private static final int MAX_SECONDS = 1_800;

    @TestFactory
    Stream<DynamicTest> everyMutantIsCaught() throws IOException {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                MutantsCheck.class.getResourceAsStream("mutants.txt"),
                                StandardCharsets.UTF_8))) {
            return ServerMutant.parse(in.lines().toList()).stream()
                    .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> isCaught(mutant)));
        }
    }

    private static void isCaught(ServerMutant mutant) throws Exception {
        Map<String, byte[]> changed = mutant.compile(SOURCES);
        ScheduleExplorer.Result result =
                ScenarioList.explore(
                        new ModelLoader(changed), mutant.scenario(), RUNS, MAX_SECONDS, 1);
        assertNotNull(result.finding(), () -> "not found in " + result.runs() + " schedules");
        System.out.printf(
                "mutant caught: %s, by %s in schedule %d: %s%n",
                mutant.name(),
                mutant.scenario(),
                result.runs(),
                result.finding().lines().findFirst().orElse(""));
    }
}

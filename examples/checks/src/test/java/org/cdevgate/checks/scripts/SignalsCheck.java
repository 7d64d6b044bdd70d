package org.cdevgate.checks.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A script that is ended by a signal leaves no process and no folder. */
class SignalsCheck {
    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);
    private static final long LIMIT_MILLIS = 30_000;

    @TempDir Path folder;

    /**
     * Each script, while Maven, the JVM or what else takes long runs; each signal, some to the
     * script alone.
     */
    static List<Arguments> moments() throws IOException {
        List<Arguments> moments = new ArrayList<>();
        int number = 0;
        List<String> signals = NUMBERS.keySet().stream().sorted().toList();
        for (String script : Checkout.launchers()) {
            for (String hangs : List.of("mvn", "java")) {
                // Not each with each: that takes long, and what differs stands in one place.
                String signal = signals.get(number++ % signals.size());
                moments.add(Arguments.of(script, "", hangs, signal, number % 2 == 0));
            }
        }
        moments.add(Arguments.of("cdev-gate/scripts/verify.sh", "", "mvn", "HUP", true));
        moments.add(Arguments.of("cdev-gate/stress/litmus.sh", "", "g++", "INT", true));
        moments.add(Arguments.of("cdev-gate/stress/fray.sh", "", "jlink", "TERM", false));
        for (String signal : signals) {
            moments.add(Arguments.of("examples/demo.sh", "--hold", "java", signal, false));
            moments.add(Arguments.of("examples/demo.sh", "--hold", "java", signal, true));
        }
        return moments;
    }

    @ParameterizedTest
    @MethodSource("moments")
    void nothingIsLeft(String script, String option, String hangs, String signal, boolean group)
            throws Exception {
        Checkout checkout = new Checkout(folder.resolve("project"), folder);
        ProcessBuilder builder =
                option.isEmpty() ? checkout.script(script) : checkout.script(script, option);
        builder.environment().put("STAND_IN_HANGS", hangs);
        ScriptRun run = ScriptRun.start(builder, folder);
        try {
            long deadline = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
            while (!Files.exists(checkout.started())) {
                assertTrue(
                        run.isAlive() && System.nanoTime() < deadline,
                        () -> script + " did not come to " + hangs);
                Thread.sleep(5);
            }
            run.signal(signal, group);
            run.expect(128 + NUMBERS.get(signal));
            assertEquals("", run.left(), "processes are left");
            try (Stream<Path> left = Files.list(checkout.temporary())) {
                assertEquals(List.of(), left.toList(), "folders are left");
            }
        } finally {
            run.signal("KILL", true);
        }
    }
}

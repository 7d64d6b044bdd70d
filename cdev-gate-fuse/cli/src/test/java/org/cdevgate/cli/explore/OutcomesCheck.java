package org.cdevgate.cli.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cdevgate.cli.device.DeviceOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Programs written for it: what is wrong with each is found, and nothing with the right ones. */
class OutcomesCheck {
    /** How often each is explored; {@code -Dcdevgate.explore.rounds=20} for a long run. */
    private static final int ROUNDS = Integer.getInteger("cdevgate.explore.rounds", 1);

    private static final String ZERO = "zero";
    private static final String DISK = "disk,size=48";
    private static final Duration SOON = Duration.ofMillis(60);

    @TempDir static Path folder;

    /** A program, what goes wrong, and each outcome that there is to be. */
    private record Case(
            String source,
            String kind,
            String faults,
            @Nullable Duration replug,
            Set<Outcome> outcomes) {
        @Override
        public String toString() {
            return source + ", " + faults + (replug == null ? "" : ", replug");
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case(
                        "reports.c",
                        ZERO,
                        "unplug",
                        null,
                        Set.of(Outcome.CLEAN, Outcome.UNAFFECTED)),
                new Case(
                        "reports.c",
                        ZERO,
                        "errno=EIO,short=1",
                        null,
                        Set.of(Outcome.CLEAN, Outcome.UNAFFECTED)),
                new Case(
                        "recovers.py",
                        DISK,
                        "unplug",
                        SOON,
                        Set.of(Outcome.RECOVERED, Outcome.UNAFFECTED)),
                new Case("recovers.py", DISK, "short=1", null, Set.of(Outcome.UNAFFECTED)),
                new Case(
                        "waits_for_ever.c",
                        ZERO,
                        "unplug",
                        null,
                        Set.of(Outcome.HANG, Outcome.UNAFFECTED)),
                new Case(
                        "ignores_hangup.c",
                        ZERO,
                        "unplug",
                        null,
                        Set.of(Outcome.SPIN, Outcome.CLEAN, Outcome.UNAFFECTED)),
                new Case(
                        "spins.py",
                        ZERO,
                        "unplug",
                        null,
                        Set.of(Outcome.SPIN, Outcome.CLEAN, Outcome.UNAFFECTED)),
                new Case("crashes_on_short_read.c", ZERO, "short=1", null, Set.of(Outcome.SIGNAL)),
                new Case(
                        "leaks_descriptor.c",
                        ZERO,
                        "unplug",
                        SOON,
                        Set.of(Outcome.DESCRIPTOR, Outcome.RECOVERED, Outcome.UNAFFECTED)),
                new Case(
                        "loses_data.py",
                        DISK,
                        "unplug",
                        SOON,
                        Set.of(Outcome.DIFFERENT, Outcome.RECOVERED, Outcome.UNAFFECTED)),
                new Case(
                        "leaves_child.py",
                        ZERO,
                        "unplug",
                        null,
                        Set.of(Outcome.CHILDREN, Outcome.UNAFFECTED)),
                new Case(
                        "says_nothing.py",
                        ZERO,
                        "unplug",
                        null,
                        Set.of(Outcome.SILENT, Outcome.UNAFFECTED)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void programGetsTheOutcomeThatItHas(Case each) throws Exception {
        List<String> program = new ArrayList<>(new Programs(folder).command(each.source()));
        program.add("/dev/d0");
        DeviceOptions options = new DeviceOptions();
        new CommandLine(options).parseArgs("--device", "d0=" + each.kind());
        ExplorePlan plan =
                new ExplorePlan(
                        options.read(),
                        program,
                        Path.of("/dev/null"),
                        null,
                        FaultChoice.parse("--faults", each.faults()),
                        each.replug(),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        20,
                        4,
                        Shard.WHOLE);
        Set<String> tables =
                IntStream.range(0, ROUNDS)
                        .mapToObj(round -> explored(plan, each))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(1, tables.size(), () -> "the table differs: " + tables);
    }

    private static String explored(ExplorePlan plan, Case each) {
        try {
            Exploration exploration = new Explorer(plan, (done, points, nanos) -> {}).explore();
            String table = ExploreText.of(exploration);
            assertEquals(each.outcomes(), exploration.counts().keySet(), table);
            assertEquals(List.of(), exploration.notes(), table);
            return table;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}

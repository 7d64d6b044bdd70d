package org.cdevgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cdevgate.cli.harness.Command;
import org.cdevgate.cli.harness.Installation;
import org.cdevgate.cli.harness.Installation.User;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command that explores, started as users start it. */
@Timeout(180)
class ExploreIT {
    private static final List<String> HEAD = List.of("head", "-c", "8", "/dev/d0");
    private static final String[] ZERO = {"--device", "d0=zero"};

    private static Installation installation;

    @BeforeAll
    static void install() throws Exception {
        installation = new Installation();
    }

    @AfterAll
    static void uninstall() throws Exception {
        installation.close();
    }

    @AfterEach
    void nothingIsLeft() {
        installation.awaitNothingLeft();
    }

    private static Command explore(User user, String[] options, List<String> program)
            throws Exception {
        return installation.start(
                user,
                Stream.of(
                                Stream.of("explore"),
                                Arrays.stream(options),
                                Stream.of("--"),
                                program.stream())
                        .flatMap(each -> each)
                        .toArray(String[]::new));
    }

    private static String[] with(String... options) {
        return Stream.concat(Arrays.stream(ZERO), Arrays.stream(options)).toArray(String[]::new);
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void programThatReportsEachRemovalIsClean(User user) throws Exception {
        try (Command explore = explore(user, ZERO, HEAD)) {
            explore.expect(0).expectErrors("");
            String table = explore.output();
            assertTrue(table.startsWith("cdev-gate: head -c 8 /dev/d0: exit 0 in the base"), table);
            assertTrue(
                    table.contains("reports it         1 run    exit 1: head: cannot open"), table);
            assertTrue(table.endsWith("\n4 points: 3 clean, 1 unaffected\n"), table);
        }
    }

    @Test
    void hangIsFoundAndItsCommandLineRepeatsIt() throws Exception {
        List<String> waits =
                List.of("sh", "-c", "until head -c 1 /dev/d0 2>/dev/null; do sleep 0.1; done");
        try (Command explore = explore(User.SELF, with("--patience", "1s", "--jobs", "2"), waits)) {
            explore.expect(1);
            String table = explore.output();
            String replay =
                    table.lines()
                            .filter(each -> each.contains("cdev-gate run"))
                            .filter(each -> each.contains("--patience"))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(table))
                            .strip();
            String launcher = installation.launcher().toString();
            try (Command run =
                    installation.program(
                            User.SELF,
                            Map.of(),
                            List.of(
                                    "sh",
                                    "-c",
                                    replay.replace("cdev-gate run", launcher + " run")))) {
                run.expect(124);
            }
        }
    }

    @Test
    void shardsHaveThePointsOfTheWhole() throws Exception {
        int runs = 0;
        for (String shard : List.of("1/2", "2/2")) {
            try (Command explore = explore(User.SELF, with("--shard", shard), HEAD)) {
                explore.expect(0);
                assertTrue(explore.output().contains("\n2 points: "), explore::toString);
                runs += 2;
            }
        }
        assertEquals(4, runs);
    }

    @Test
    void reportsAreForProgramsToo() throws Exception {
        Path json = installation.folder().resolve("explored.json");
        Path xml = installation.folder().resolve("explored.xml");
        String[] failing = {"--fail-on", "clean", "--report", xml.toString()};
        try (Command explore = explore(User.SELF, with(failing), HEAD)) {
            explore.expect(1);
        }
        String suite = Files.readString(xml);
        assertTrue(suite.contains("tests=\"4\" errors=\"0\" failures=\"3\" skipped=\"0\""), suite);
        assertTrue(suite.contains("name=\"d0 read#1, before\""), suite);
        try (Command explore = explore(User.SELF, with("--report", json.toString()), HEAD)) {
            explore.expect(0);
        }
        String object = Files.readString(json);
        assertTrue(object.contains("\"unaffected\" : 1"), object);
        assertTrue(object.contains("\"place\" : \"read#1, before\""), object);
    }

    @Test
    void interruptedExplorationTellsWhatItKnows() throws Exception {
        List<String> slow = List.of("sh", "-c", "head -c 1 /dev/d0; sleep 1.0625; :");
        try (Command explore = explore(User.SELF, with("--patience", "10s"), slow)) {
            Command.await("the program", () -> hasProcess("1.0625"));
            explore.signal("INT");
            explore.expect(130);
            assertTrue(explore.output().contains("ended after 0 runs"), explore::toString);
        }
    }

    @Test
    void killedExplorationLeavesNothing() throws Exception {
        List<String> sleeps = List.of("sh", "-c", "head -c 1 /dev/d0; exec sleep 86399");
        try (Command explore = explore(User.SELF, with("--patience", "1h"), sleeps)) {
            Command.await("the program", () -> hasProcess("86399"));
            explore.signal("KILL");
            explore.expect(137);
            Command.await("its end", () -> !hasProcess("86399"));
        }
    }

    private static boolean hasProcess(String argument) {
        return ProcessHandle.allProcesses()
                .map(each -> each.info().commandLine().orElse(""))
                .anyMatch(each -> each.endsWith("sleep " + argument));
    }

    @Test
    void programThatDoesNotCallItsDeviceIsToldSo() throws Exception {
        try (Command explore = explore(User.SELF, ZERO, List.of("cat", "/dev/d1"))) {
            explore.expect(125)
                    .expectErrors(
                            "cdev-gate explore: cat (exit 1) has called none of d0 and says \"cat:"
                                    + " /dev/d1: No such file or directory\"; is it told the"
                                    + " device's path?");
        }
    }

    @Test
    void programWithoutAnEndIsExploredUpToWhereItSleeps() throws Exception {
        String[] options = {"--device", "d0=mailbox", "--patience", "1s"};
        try (Command explore = explore(User.SELF, options, List.of("cat", "/dev/d0"))) {
            explore.expect(0);
            assertTrue(explore.output().contains("read#1, asleep"), explore::toString);
            assertTrue(explore.output().contains("does not end by itself"), explore::toString);
        }
    }

    @Test
    void programWhoseCallsVaryIsToldWhichDoes() throws Exception {
        Path mark = installation.folder().resolve("mark");
        List<String> varies =
                List.of(
                        "sh",
                        "-c",
                        "if [ -e \"$1\" ]; then head -c 1 /dev/d0; else : >\"$1\"; : </dev/d0; fi",
                        "sh",
                        mark.toString());
        try (Command explore = explore(User.SELF, ZERO, varies)) {
            explore.expect(0);
            assertTrue(
                    explore.output()
                            .contains(
                                    "note: its calls of d0 vary from run to run: call 2 came then,"
                                            + " read#1"),
                    explore::toString);
        }
    }
}

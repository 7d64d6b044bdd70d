package org.cdevgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.harness.Command;
import org.cdevgate.cli.harness.Installation;
import org.cdevgate.cli.harness.Installation.User;
import org.cdevgate.cli.harness.Required;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to the command and to its program, and what is left when they are killed. */
@Timeout(120)
class RunSignalIT {
    /** Tells its process id, then sleeps in read. */
    private static final String SLEEPER = "echo pid $$ ; exec cat /dev/d0";

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

    private static Command start(User user, String script) throws IOException {
        return installation.start(user, "run", "--device", "d0=mailbox", "--", "sh", "-c", script);
    }

    private static long pid(Command run) {
        run.awaitOutput("\n");
        return Long.parseLong(run.output().strip().split(" ", -1)[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP", "USR1"})
    void signalToTheCommandReachesTheProgram(String signal) throws Exception {
        String traps =
                "trap 'echo got; exit 5' " + signal + "; echo ready; while :; do sleep 0.02; done";
        try (Command run = start(User.SELF, traps)) {
            run.awaitOutput("ready\n").signal(signal);
            run.expect(5).expectOutput("ready\ngot\n").expectErrors("exit 5");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "SEGV", "TERM"})
    void signalThatEndsTheProgramIsInTheExitCode(String signal) throws Exception {
        try (Command run = start(User.SELF, "ulimit -c 0; kill -s " + signal + " $$")) {
            run.expect(Map.of("KILL", 137, "SEGV", 139, "TERM", 143).get(signal));
        }
    }

    /** A JVM prints its threads at SIGQUIT, to standard output even. */
    @Test
    void quitEndsTheProgramAndPrintsNoThreads() throws Exception {
        try (Command run = start(User.SELF, "ulimit -c 0; " + SLEEPER)) {
            long program = pid(run);
            run.signal("QUIT"); // as a terminal does it, to both
            new ProcessBuilder("kill", "-s", "QUIT", "" + program).start().waitFor();
            run.expect(131).expectOutput("pid " + program + "\n");
            assertFalse(run.errors().contains("Full thread dump"), run::toString);
        }
    }

    /** What a terminal sends goes to both, and must reach the program once. */
    @Test
    void interruptOfATerminalReachesTheProgramOnce() throws Exception {
        Required.program("python3", "python3");
        Path script = installation.folder().resolve("terminal.py");
        try (var in = RunSignalIT.class.getResourceAsStream("terminal.py")) {
            Files.copy(in, script);
        }
        try (Command terminal =
                installation.program(
                        User.SELF,
                        Map.of(),
                        List.of(
                                "python3",
                                script.toString(),
                                installation.launcher().toString()))) {
            terminal.expect(0).expectOutput("interrupts 1, exit 6\n");
        }
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void killedCommandLeavesNothing(User user) throws Exception {
        try (Command run = start(user, SLEEPER)) {
            long program = pid(run);
            run.signal("KILL");
            run.expect(137);
            Command.await("the program gone", () -> ProcessHandle.of(program).isEmpty());
        }
    }

    /** Children of the program live on, but nothing of the devices can hold them. */
    @Test
    void childrenOfAKilledCommandGetErrors() throws Exception {
        Path said = installation.folder().resolve("said");
        String forks =
                "sh -c 'cat /dev/d0 2>\"$0\"; echo over >>\"$0\"' \"$1\" & echo pid $!; wait";
        try (Command run =
                installation.start(
                        User.SELF,
                        "run",
                        "--device",
                        "d0=mailbox",
                        "--",
                        "sh",
                        "-c",
                        forks,
                        "sh",
                        said.toString())) {
            pid(run);
            run.signal("KILL");
            run.expect(137);
            Command.await("the child's end", () -> read(said).contains("over"));
        }
    }

    @Test
    void killedCommandLeavesNoMountOnAFolderOfTheUsers() throws Exception {
        Path at = Files.createDirectory(installation.folder().resolve("at"));
        try (Command run =
                installation.start(
                        User.SELF,
                        "run",
                        "--at",
                        at.toString(),
                        "--device",
                        "d0=mailbox",
                        "--",
                        "sh",
                        "-c",
                        "echo pid $$; exec cat $CDEV_GATE_DEV/d0")) {
            pid(run);
            run.signal("KILL");
            run.expect(137);
        }
        installation.awaitNothingLeft();
        assertTrue(Files.isDirectory(at));
        assertEquals(0, at.toFile().list().length);
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void nextCommandDeletesWhatAKilledJanitorLeft(User user) throws Exception {
        try (Command run = start(user, SLEEPER)) {
            pid(run);
            ProcessHandle.of(run.pid())
                    .orElseThrow()
                    .children()
                    .filter(each -> isJanitor(each.pid()))
                    .forEach(ProcessHandle::destroyForcibly);
            run.signal("KILL");
            run.expect(137);
        }
        Path left;
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(installation.temporary(), "cdev-gate-*")) {
            left = folders.iterator().next();
        }
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        try (Command next = start(user, "true")) {
            next.expect(0);
        }
        installation.awaitNothingLeft();
    }

    private static boolean isJanitor(long pid) {
        return read(Path.of("/proc", "" + pid, "cmdline")).contains("cdev-gate-janitor");
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

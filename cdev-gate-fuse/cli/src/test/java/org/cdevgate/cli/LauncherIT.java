package org.cdevgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.harness.Command;
import org.cdevgate.cli.harness.Installation;
import org.cdevgate.cli.harness.Installation.User;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The launcher, from the archive and from a checkout, and the completion beside it. */
@Timeout(120)
class LauncherIT {
    private static final Path CHECKOUT = Path.of("bin/cdev-gate").toAbsolutePath();

    private static Installation installation;

    @BeforeAll
    static void install() throws Exception {
        installation = new Installation();
    }

    @AfterAll
    static void uninstall() throws Exception {
        installation.close();
    }

    private static Command shell(Map<String, String> environment, String script, String... more)
            throws Exception {
        List<String> line = new java.util.ArrayList<>(List.of("bash", "-c", script, "bash"));
        line.addAll(List.of(more));
        return installation.program(User.SELF, environment, line);
    }

    /** Its classes are kept once, also where the path to them has blanks. */
    @Test
    void classesAreKeptForTheNextStart() throws Exception {
        Path cache = installation.folder().resolve("a cache");
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
        try (Command first = installation.start(User.SELF, environment, "--version")) {
            first.expect(0);
        }
        Path kept = cache.resolve("cdev-gate");
        String[] names = kept.toFile().list();
        assertEquals(1, names.length, () -> String.join(" ", names));
        assertTrue(names[0].endsWith(".jsa"), names[0]);
        String shared = "-Xlog:class+load:file=" + installation.folder().resolve("loaded");
        try (Command next =
                installation.start(
                        User.SELF,
                        Map.of("XDG_CACHE_HOME", cache.toString(), "CDEV_GATE_JAVA_OPTS", shared),
                        "--version")) {
            next.expect(0);
        }
        String loaded = Files.readString(installation.folder().resolve("loaded"));
        assertTrue(
                loaded.lines()
                        .anyMatch(
                                each ->
                                        each.contains("org.cdevgate.cli.Main ")
                                                && each.contains("shared objects file")),
                loaded);
    }

    @Test
    void commandRunsFromACheckoutToo() throws Exception {
        try (Command run =
                shell(Map.of(), "ln -s \"$1\" here && ./here --version", CHECKOUT + "")) {
            run.expect(0);
            assertTrue(run.output().startsWith("cdev-gate "), run::toString);
        }
    }

    @Test
    void checkoutThatIsNotBuiltNamesTheCommand() throws Exception {
        String copy = "mkdir -p a/b/c/bin && cp \"$1\" a/b/c/bin/ && a/b/c/bin/cdev-gate run";
        try (Command run = shell(Map.of(), copy, CHECKOUT.toString())) {
            run.expect(125).expectErrors("is not built; build it: mvn -B -q package ");
        }
    }

    @Test
    void missingJavaIsNamed() throws Exception {
        try (Command run =
                installation.start(User.SELF, Map.of("JAVA_HOME", "/no/such"), "--version")) {
            run.expect(125).expectErrors("JAVA_HOME=/no/such has no bin/java");
        }
    }

    @Test
    void coloursAreForTerminalsAlone() throws Exception {
        try (Command help = installation.start(User.SELF, "run", "--help")) {
            help.expect(0);
            assertFalse(help.output().contains("\u001b"), help::toString);
        }
        String onTerminal = "script -qec \"$1 run --help\" /dev/null";
        String launcher = installation.launcher().toString();
        try (Command colours = shell(Map.of("TERM", "xterm"), onTerminal, launcher);
                Command none =
                        shell(Map.of("TERM", "xterm", "NO_COLOR", "1"), onTerminal, launcher)) {
            colours.expect(0);
            assertTrue(colours.output().contains("\u001b["), colours::toString);
            none.expect(0);
            assertFalse(none.output().contains("\u001b["), none::toString);
        }
    }

    @Test
    void completionKnowsCommandsAndOptions() throws Exception {
        String complete =
                "source ../share/bash-completion/completions/cdev-gate; COMP_WORDS=(cdev-gate run --un)"
                        + " COMP_CWORD=2; _complete_cdev-gate; echo \"${COMPREPLY[@]}\"";
        try (Command completed =
                shell(
                        Map.of(),
                        "cd \"$1\"; " + complete,
                        installation.launcher().getParent() + "")) {
            completed.expect(0).expectOutput("--unplug\n");
        }
    }
}

package org.cdevgate.checks.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How scripts are called, and what they say when they cannot go on. */
class ScriptsCheck {
    @TempDir Path folder;
    private Checkout checkout;

    @BeforeEach
    void copy() throws IOException {
        checkout = new Checkout(folder.resolve("project"), folder);
    }

    static List<String> scripts() throws IOException {
        return Checkout.scripts();
    }

    static List<String> launchers() throws IOException {
        return Checkout.launchers();
    }

    private ScriptRun run(ProcessBuilder script) throws IOException {
        return ScriptRun.start(script, folder);
    }

    private void assertRefused(ScriptRun run, String... parts) throws Exception {
        run.expect(2);
        assertEquals("", run.output(), "an error is no result");
        assertEquals(1, run.errors().lines().count(), run.errors());
        for (String each : parts) {
            assertTrue(run.errors().contains(each), () -> each + " is not named");
        }
        assertFalse(Files.exists(checkout.calls()) && checkout.callsMade().contains("mvn"));
        assertNothingTemporary();
    }

    private void assertNothingTemporary() throws IOException {
        try (Stream<Path> left = Files.list(checkout.temporary())) {
            assertEquals(List.of(), left.toList(), "left behind");
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void helpIsPrintedAndUnknownOptionsAreNamed(String script) throws Exception {
        ScriptRun help = run(checkout.script(script, "--help")).expect(0);
        assertTrue(help.output().contains("bash " + script), help.output());
        assertTrue(help.output().contains("\n  --help "), help.output());
        assertEquals("", help.errors());
        assertRefused(run(checkout.script(script, "--hlep")), script, "--hlep", "--help");
    }

    @Test
    void oddOptionsAreNamedAsTheyAre() throws Exception {
        String script = "examples/demo.sh";
        assertRefused(run(checkout.script(script, "-x*")), script, "-x*");
        assertRefused(run(checkout.script(script, "--help=yes")), "--help", "yes");
        assertRefused(run(checkout.script(script, "--help", "--$(exit 3)")), "--$(exit 3)");
        assertRefused(run(checkout.script(script, "--a]b")), "--a]b");
    }

    @ParameterizedTest
    @MethodSource("launchers")
    void aWrongJavaHomeIsNamedWithTheRemedy(String script) throws Exception {
        ProcessBuilder wrong = checkout.script(script);
        wrong.environment().put("JAVA_HOME", "/no such/jdk");
        assertRefused(run(wrong), "JAVA_HOME", "/no such/jdk", "bin/java", "JDK", "unset");
    }

    @Test
    void aJavaThatIsMissingOrTooOldIsNamedWithTheRemedy() throws Exception {
        Path runtime = Files.createDirectories(folder.resolve("jre/bin"));
        Files.copy(
                folder.resolve("tools/bin/java"),
                runtime.resolve("java"),
                StandardCopyOption.COPY_ATTRIBUTES);
        ProcessBuilder noCompiler = checkout.script("examples/demo.sh");
        noCompiler.environment().put("JAVA_HOME", runtime.getParent().toString());
        assertRefused(run(noCompiler), "JAVA_HOME", "bin/javac", "JDK");

        ProcessBuilder old = checkout.script("examples/demo.sh");
        old.environment().put("STAND_IN_VERSION", "1.8");
        assertRefused(run(old), folder.resolve("tools/bin/java").toString(), "too old", "17");
        old.environment().put("STAND_IN_VERSION", "11");
        assertRefused(run(old), "11", "too old", "17");

        ProcessBuilder none = checkout.script("examples/demo.sh");
        none.environment().put("PATH", withoutJava().toString());
        assertRefused(run(none), "openjdk-17-jdk-headless", "there is no apt-get here");
    }

    /** A folder with what a script needs to come to its look for java, and to install it. */
    private Path withoutJava() throws IOException, InterruptedException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        for (String each :
                List.of("env", "bash", "dirname", "readlink", "sed", "tr", "locale", "sort")) {
            Process which = new ProcessBuilder("which", each).start();
            String file = new String(which.getInputStream().readAllBytes(), UTF_8).strip();
            assertEquals(0, which.waitFor(), each + " is missing");
            Path wrapper = programs.resolve(each);
            Files.writeString(wrapper, "#!/bin/sh\nexec " + file + " \"$@\"\n");
            Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return programs;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cdev-gate-fuse/faults/run.sh --rounds",
                "cdev-gate-fuse/faults/run.sh --rounds none",
                "cdev-gate-fuse/faults/run.sh --seed -1",
                "cdev-gate-fuse/faults/run.sh --seconds 99999999999999999999",
                "cdev-gate/stress/run.sh --soak",
                "cdev-gate/stress/run.sh --soak 08",
                "cdev-gate/stress/fray.sh one two",
                "cdev-gate/stress/litmus.sh one two",
                "examples/cycles.sh 2",
                "examples/cycles.sh 10 x",
                "examples/cycles.sh 10 1 more",
                "examples/demo.sh more",
                "examples/real-programs.sh nothing",
                "examples/real-programs.sh *",
                "examples/bench/scale.sh nodez",
                ".ci/fresh-machine --as nobody",
                ".ci/run more",
            })
    void aWrongValueIsNamed(String command) throws Exception {
        String[] words = command.split(" ", -1);
        String[] arguments = List.of(words).subList(1, words.length).toArray(String[]::new);
        String last = words[words.length - 1];
        assertRefused(
                run(checkout.script(words[0], arguments)), last.substring(last.indexOf('=') + 1));
    }

    @Test
    void aCompilerThatIsMissingIsNamedWithTheRemedy() throws Exception {
        ProcessBuilder none = checkout.script("cdev-gate/stress/litmus.sh");
        none.environment().put("CXX", "/no such/c++");
        assertRefused(run(none), "/no such/c++", "apt-get install g++", "CXX");
    }

    @Test
    void aWrongNumberInTheEnvironmentIsNamed() throws Exception {
        ProcessBuilder rounds = checkout.script("examples/bench/removal.sh");
        rounds.environment().put("ROUNDS", "few");
        assertRefused(run(rounds), "ROUNDS", "few");
        ProcessBuilder calls = checkout.script("examples/bench/run.sh");
        calls.environment().put("CALLS", "0");
        assertRefused(run(calls), "CALLS", "0");
    }

    @Test
    void whatIsBuiltIsToldMeanwhileAndStdoutIsForResults() throws Exception {
        ScriptRun first = run(checkout.script("examples/demo.sh")).expect(0);
        assertEquals("", first.output());
        assertTrue(
                first.errors()
                        .contains(
                                "building cdev-gate, cdev-gate-fuse, cdev-gate-fuse/drivers, examples"));
        assertTrue(first.errors().contains("cdev-gate [1/3]"), first.errors());
        assertFalse(first.errors().contains("\033"), "escape bytes where no terminal is");
        ScriptRun second = run(checkout.script("examples/demo.sh")).expect(0);
        assertEquals("", second.errors(), "built again, though nothing has changed");
        Files.createFile(checkout.root().resolve("cdev-gate/src/New.java"));
        ScriptRun third = run(checkout.script("examples/demo.sh")).expect(0);
        assertTrue(third.errors().contains("building"), "not built again after a change");
    }

    @Test
    void aBuildThatFailsIsToldAndTriedAgain() throws Exception {
        String script = "examples/demo.sh";
        for (int i = 0; i < 2; i++) {
            ProcessBuilder failing = checkout.script(script);
            failing.environment().put("STAND_IN_FAILS", "yes");
            ScriptRun run = run(failing).expect(2);
            assertTrue(run.errors().contains("[ERROR] no luck"), run.errors());
            assertTrue(run.errors().contains(script + ": the build of "), run.errors());
        }
        assertNothingTemporary();
    }

    /** Sorted: some run side by side. */
    private static String calls(Checkout made) throws Exception {
        return made.callsMade()
                .replace(made.root().toString(), "CHECKOUT")
                .replace(made.temporary().toString(), "TMP")
                .lines()
                .filter(line -> !line.isBlank())
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** Whatever the folder is called, the same programs are called with the same arguments. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "blanks  \tq'uo\"te`s $HOME ${x} $(exit 1) %41 #1 &;!~ co:lon * ? [ab] {a,b} (c)"
                        + " <d> |e",
                "new\nline uml\u00e4ut \u65e5\u672c = , @ ^ \\",
            })
    void aCheckoutMayLieBelowAFolderOfAnyName(String name) throws Exception {
        Path beside = Files.createDirectory(folder.resolve("odd"));
        Checkout odd = new Checkout(beside.resolve(name).resolve("project"), beside);
        Checkout plain = checkout;
        for (String each : Checkout.runnable()) {
            ProcessBuilder script = odd.script(each);
            script.environment().put("CDPATH", "/usr:" + folder);
            assertEquals(
                    run(plain.script(each)).status(),
                    run(script).status(),
                    () -> each + " in " + name);
        }
        assertEquals(calls(plain), calls(odd));
        try (Stream<Path> left = Files.list(odd.temporary())) {
            assertEquals(List.of(), left.toList(), "left behind");
        }
    }

    /** A JVM takes the names of files for what the locale says. */
    @Test
    void namesBeyondAsciiAreReadInAnyLocale() throws Exception {
        Path beside = Files.createDirectory(folder.resolve("odd"));
        Checkout odd = new Checkout(beside.resolve("uml\u00e4ut"), beside);
        Path java = beside.resolve("tools/bin/java");
        Files.writeString(java, Files.readString(java) + "echo \"LC_ALL=$LC_ALL\"\n");
        for (String locale : List.of("C", "POSIX", "C.UTF-8")) {
            ProcessBuilder script = odd.script("examples/demo.sh");
            script.environment().put("LC_ALL", locale);
            assertEquals("LC_ALL=C.UTF-8\n", run(script).expect(0).output());
        }
    }
}

package org.cdevgate.checks.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands of README do on a machine that lacks packages. */
class PackagesCheck {
    private static final String DEMO = "examples/demo.sh";
    private static final String VERIFY = "cdev-gate/scripts/verify.sh";
    private static final String NEEDED = "openjdk-17-jdk-headless maven fuse3";

    /** What a machine has on which nothing was installed. */
    private static final List<String> ALWAYS_THERE =
            List.of(
                    "awk",
                    "bash",
                    "cat",
                    "chmod",
                    "cp",
                    "dirname",
                    "env",
                    "find",
                    "grep",
                    "locale",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "printf",
                    "readlink",
                    "rm",
                    "sed",
                    "sh",
                    "sleep",
                    "sort",
                    "tac",
                    "tail",
                    "tee",
                    "tr");

    @TempDir Path folder;
    private Checkout checkout;
    private Path bare;

    @BeforeEach
    void copy() throws Exception {
        checkout = new Checkout(folder.resolve("project"), folder);
        bare = Files.createDirectories(folder.resolve("bare"));
        for (String each : ALWAYS_THERE) {
            Process which = new ProcessBuilder("which", each).start();
            String file = new String(which.getInputStream().readAllBytes(), UTF_8).strip();
            assertEquals(0, which.waitFor(), each + " is missing");
            Files.createSymbolicLink(bare.resolve(each), Path.of(file));
        }
        program("id", "echo 0");
        // What it installs is there afterwards.
        program(
                "apt-get",
                "printf '%s ' apt-get \"$@\" $'\\002' >>\"$STAND_IN_CALLS\"\n"
                        + "case \" $* \" in *' install '*)\n"
                        + "  [[ ! ${STAND_IN_FAILS-} ]] || { echo 'E: no luck'; exit 100; }\n"
                        + "  for each in java javac mvn; do cp \"$TOOLS/$each\" \"$BARE\"; done\n"
                        + "  cp \"$BARE/id\" \"$BARE/fusermount3\"\n"
                        + "esac");
    }

    private void program(String name, String body) throws IOException {
        Path file = bare.resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private ScriptRun run(String script, String... arguments) throws IOException {
        return run(false, script, arguments);
    }

    private ScriptRun run(boolean fails, String script, String... arguments) throws IOException {
        ProcessBuilder builder = checkout.script(script, arguments);
        builder.environment().put("PATH", bare.toString());
        builder.environment().put("BARE", bare.toString());
        builder.environment().put("TOOLS", folder.resolve("tools/bin").toString());
        if (fails) {
            builder.environment().put("STAND_IN_FAILS", "yes");
        }
        return ScriptRun.start(builder, folder);
    }

    private String calls() throws IOException {
        return Files.exists(checkout.calls()) ? checkout.callsMade() : "";
    }

    private void assertNothingInstalled() throws IOException {
        assertFalse(calls().contains("apt-get"), calls());
    }

    @Test
    void rootIsToldWhatIsInstalledAndHasItThen() throws Exception {
        ScriptRun run = run(DEMO).expect(0);
        assertTrue(run.errors().startsWith(DEMO + ": installing " + NEEDED + "\n"), run.errors());
        assertTrue(calls().contains("install -q -y --no-install-recommends " + NEEDED), calls());
        assertTrue(calls().contains("mvn"), "the demonstration was not built");
        Files.delete(checkout.calls());
        run(DEMO).expect(0);
        assertNothingInstalled();
    }

    @Test
    void noInstallOnlyNamesWhatIsMissing() throws Exception {
        for (String script : List.of(DEMO, VERIFY)) {
            ScriptRun run = run(script, "--no-install").expect(2);
            assertEquals(
                    script
                            + ": "
                            + NEEDED
                            + " missing, and --no-install was given: apt-get install "
                            + NEEDED
                            + " as root\n",
                    run.errors());
            assertNothingInstalled();
        }
    }

    @Test
    void whoMayNotInstallIsToldWhy() throws Exception {
        program("id", "echo 1000");
        String noSudo = run(DEMO).expect(2).errors();
        assertTrue(noSudo.contains("only root may install packages: apt-get install"), noSudo);
        program("sudo", "exit 1");
        String refused = run(DEMO).expect(2).errors();
        assertTrue(refused.contains("sudo does not let you install packages"), refused);
        Files.delete(bare.resolve("apt-get"));
        String other = run(DEMO).expect(2).errors();
        assertTrue(other.contains("there is no apt-get here"), other);
        assertEquals(1, other.lines().count(), other);
        assertNothingInstalled();
    }

    @Test
    void anOrdinaryUserInstallsBySudo() throws Exception {
        program("id", "echo 1000");
        program(
                "sudo",
                "printf '%s ' sudo \"$@\" $'\\002' >>\"$STAND_IN_CALLS\"\n"
                        + "while [[ ${1-} == -* ]]; do shift; done\n"
                        + "exec \"$@\"");
        run(DEMO).expect(0);
        assertTrue(calls().contains("sudo -n env DEBIAN_FRONTEND=noninteractive"), calls());
        assertTrue(calls().contains(NEEDED), calls());
    }

    @Test
    void anInstallationThatFailsIsShown() throws Exception {
        String said = run(true, DEMO).expect(2).errors();
        assertTrue(said.contains("E: no luck\n"), said);
        assertTrue(said.endsWith(DEMO + ": could not be installed: " + NEEDED + "\n"), said);
    }

    /** Tests that are skipped are no reason not to run the others. */
    @Test
    void testsGoOnWithoutWhatTheyCanDoWithout() throws Exception {
        run(DEMO).expect(0); // has java, Maven and fuse3 installed
        program("id", "echo 1000");
        Files.delete(checkout.calls());
        ScriptRun run = run(VERIFY, "--", "-DskipITs").expect(0);
        assertTrue(run.errors().startsWith(VERIFY + ": tests are skipped without "), run.errors());
        assertTrue(run.errors().contains("gdb") && run.errors().contains("pv"), run.errors());
        assertEquals(1, run.errors().lines().count(), run.errors());
        assertTrue(calls().contains("mvn | -B | verify | -DskipITs"), calls());
        assertNothingInstalled();
    }

    @Test
    void testsHaveWhatTheyUseInstalled() throws Exception {
        run(DEMO).expect(0);
        Files.delete(checkout.calls());
        ScriptRun run = run(VERIFY).expect(0);
        assertTrue(run.errors().startsWith(VERIFY + ": installing gcc "), run.errors());
        assertTrue(calls().contains(" busybox pv "), calls());
    }
}

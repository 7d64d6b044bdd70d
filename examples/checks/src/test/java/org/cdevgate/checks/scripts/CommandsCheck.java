package org.cdevgate.checks.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every class that is a command tells how it is called, and names what it does not know. */
class CommandsCheck {
    /** The README's sample of a driver takes one argument and has no room for more. */
    private static final Set<String> SAMPLES = Set.of("org.cdevgate.examples.Mailbox");

    @TempDir Path folder;

    /** The names of all classes with a main method in the sources of the modules tested here. */
    static List<String> commands() throws IOException, URISyntaxException {
        List<String> found = new ArrayList<>();
        for (String module :
                List.of(
                        "cdev-gate/stress-kit",
                        "cdev-gate/stress",
                        "cdev-gate-fuse/faults",
                        "examples")) {
            Path sources = Checkout.project().resolve(module).resolve("src/main/java");
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path each : files.filter(it -> it.toString().endsWith(".java")).toList()) {
                    if (Files.readString(each).contains("public static void main(String[] ")) {
                        String name = sources.relativize(each).toString();
                        found.add(name.substring(0, name.length() - 5).replace('/', '.'));
                    }
                }
            }
        }
        found.removeAll(SAMPLES);
        return found;
    }

    private ScriptRun run(String command, String argument) throws IOException {
        return ScriptRun.start(
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        command,
                        argument),
                folder);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpIsPrintedAndUnknownOptionsAreNamed(String command) throws Exception {
        ScriptRun help = run(command, "--help").expect(0);
        String simple = command.substring(command.lastIndexOf('.') + 1);
        assertTrue(help.output().contains("usage: " + simple), help.output());
        assertEquals("", help.errors());
        ScriptRun refused = run(command, "--hlep").expect(2);
        String said = refused.output() + refused.errors();
        assertTrue(said.contains("--hlep"), () -> "the option is not named: " + said);
        assertTrue(said.contains("usage: " + simple), () -> "the remedy is not told: " + said);
    }

    @Test
    void thereAreCommands() throws Exception {
        assertTrue(commands().size() >= 14, "looked in the wrong places");
    }
}

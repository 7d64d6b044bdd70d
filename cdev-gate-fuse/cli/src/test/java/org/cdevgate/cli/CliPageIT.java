package org.cdevgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cdevgate.cli.harness.Command;
import org.cdevgate.cli.harness.Installation;
import org.cdevgate.cli.harness.Installation.User;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each command that the command's pages show after a {@code $} says what stands there. */
@Timeout(120)
class CliPageIT {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final List<Path> PAGES =
            List.of(
                    ROOT.resolve("README.md"),
                    ROOT.resolve("docs/cli.md"),
                    ROOT.resolve("docs/explore.md"));
    private static final String FENCE = "```";

    private static Installation installation;

    @BeforeAll
    static void install() throws Exception {
        installation = new Installation();
    }

    @AfterAll
    static void uninstall() throws Exception {
        installation.close();
    }

    /**
     * A command of the page.
     *
     * @param page where it stands
     * @param line of the page
     * @param command for a shell
     * @param output what it says, on standard output and standard error
     */
    record Shown(Path page, int line, String command, String output) {
        @Override
        public String toString() {
            return page.getFileName() + ":" + line;
        }
    }

    static List<Shown> shown() throws IOException {
        List<Shown> shown = new ArrayList<>();
        for (Path each : PAGES) {
            shown.addAll(shown(each));
        }
        return shown;
    }

    private static List<Shown> shown(Path page) throws IOException {
        List<Shown> shown = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
        boolean inBlock = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith(FENCE)) {
                inBlock = !inBlock;
            } else if (inBlock && line.startsWith("$ ")) {
                StringBuilder output = new StringBuilder();
                int j = i + 1;
                while (!lines.get(j).startsWith("$ ") && !lines.get(j).startsWith(FENCE)) {
                    output.append(lines.get(j++)).append('\n');
                }
                shown.add(new Shown(page, i + 1, line.substring(2), output.toString()));
            }
        }
        return shown;
    }

    /**
     * Neither times nor whether a close came before the end of a removal are the same each time.
     */
    private static String withoutChance(String text) {
        return text.replaceAll("\\d+(\\.\\d+)? (ms|s)\\b", "T $2")
                .replaceAll("\\d+ refused by", "N refused by");
    }

    @ParameterizedTest
    @MethodSource("shown")
    void commandSaysWhatThePageShows(Shown shown) throws Exception {
        String path = installation.launcher().getParent() + ":" + System.getenv("PATH");
        List<String> shell =
                List.of("bash", "-c", "exec 2>&1; cd \"$0\"; " + shown.command(), ROOT.toString());
        try (Command command = installation.program(User.SELF, Map.of("PATH", path), shell)) {
            command.awaitEnd();
            assertEquals(withoutChance(shown.output()), withoutChance(command.output()));
        }
    }

    @Test
    void pageShowsCommands() throws Exception {
        assertTrue(shown().size() >= 8, "looked in the wrong place");
    }
}

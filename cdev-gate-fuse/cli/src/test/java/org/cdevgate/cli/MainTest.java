package org.cdevgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What users get wrong, and what they are told. */
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    /** Each is refused before anything is mounted or started. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run --device d0=nul -- true | there is no kind nul; did you mean null?",
                "run --device d0 -- true | --device d0: give NAME=KIND, such as ttyUSB0=echo",
                "run --device ../d0=null -- true | --device ../d0=null: ",
                "run --device d0=null --device d0=zero true | there is a device of this name",
                "run --device d=null --device d/0=zero true | cannot be a device and its folder",
                "run --device d0=disk,size=4Q -- true | size=4Q",
                "run --device d0=disk,sise=4K -- true | did you mean size?",
                "run --device d0=script=/no/such -- true | /no/such",
                "run --device d0=null --unplug at-call=0 -- true | at-call=0",
                "run --device d0=null --unplug soon -- true | soon",
                "run --device d0=null --unplug d1:at-call=1 -- true | there is no device d1",
                "run --device a=null --device b=null --unplug after=1s true | which device?",
                "run --device d0=null --fault errno=ENODEF -- true | did you mean ENODEV?",
                "run --device d0=null --patience 5 -- true | --patience=5 is no time",
                "run --device d0=null --report /no/such/f -- true | --report /no/such/f: ",
                "run --device d0=null --jar /no/such.jar -- true | --jar /no/such.jar: ",
                "run --device d0=null --unplg x -- true | --unplg",
                "run --device d0=null | PROGRAM",
                "run -- true | --device",
                "rum | rum",
            })
    void mistakeIsToldInOneLine(String arguments, String message) {
        assertEquals(125, run(arguments.strip().split(" ", -1)));
        assertEquals("", out.toString());
        assertTrue(err.toString().contains(message.strip()), err::toString);
        assertTrue(err.toString().startsWith("cdev-gate"), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    @Test
    void jarThatIsNoneIsNamed(@TempDir Path folder) throws Exception {
        Path jar = Files.writeString(folder.resolve("my.jar"), "no jar");
        assertEquals(125, run("run", "--jar", jar.toString(), "--device", "d0=my", "true"));
        assertTrue(err.toString().contains("my"), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }

    static Stream<CommandLine> commands() {
        CommandLine all = Main.commandLine();
        return Stream.concat(Stream.of(all), all.getSubcommands().values().stream())
                .filter(each -> !each.getCommandName().equals("help"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpHasAnExample(CommandLine command) {
        String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
        assertTrue(help.contains("Example: cdev-gate"), help);
        assertFalse(help.contains("\u001b"), help);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void optionsWithAValueHaveAnExample(CommandLine command) {
        for (var option : command.getCommandSpec().options()) {
            if (option.arity().max() > 0) {
                String text = String.join(" ", option.description());
                assertTrue(text.contains("Example: " + option.longestName() + " "), text);
            }
        }
    }

    @Test
    void versionIsTheBuilds() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().matches("cdev-gate [0-9][-.0-9A-Za-z]*\n"), out::toString);
    }
}

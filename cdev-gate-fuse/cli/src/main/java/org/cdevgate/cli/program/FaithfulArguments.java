package org.cdevgate.cli.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program's arguments byte for byte as they were given: a JVM reads them by the locale, and what
 * that does not know is lost.
 */
public final class FaithfulArguments {
    private static final Path OWN = Path.of("/proc/self/cmdline");

    private FaithfulArguments() {}

    /**
     * The program, or a script that becomes it.
     *
     * @param program the last arguments of this process
     * @param folder for the script
     */
    public static List<String> of(List<String> program, Path folder) throws IOException {
        if (program.stream().allMatch(each -> each.chars().allMatch(c -> c < 0x80))) {
            return program; // the same in every locale
        }
        Path script = folder.resolve("program");
        Files.write(script, script(Files.readAllBytes(OWN), program.size()));
        return List.of("sh", script.toString());
    }

    /**
     * @param commandLine of proc(5): each argument ends with a NUL
     * @param count of the last ones that are the program
     */
    static byte[] script(byte[] commandLine, int count) {
        int begin = commandLine.length;
        int ends = 0;
        while (begin > 0 && (commandLine[begin - 1] != 0 || ends++ < count)) {
            begin--;
        }
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.writeBytes(ascii("exec"));
        boolean inside = false;
        for (int i = begin; i < commandLine.length; i++) {
            if (!inside) {
                script.writeBytes(ascii(" '"));
            }
            inside = commandLine[i] != 0;
            switch (commandLine[i]) {
                case 0 -> script.write('\'');
                case '\'' -> script.writeBytes(ascii("'\\''"));
                default -> script.write(commandLine[i]);
            }
        }
        script.write('\n');
        return script.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

package org.cdevgate.checks.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/** Which packages of the project use which, as jdeps reads it from compiled classes. */
final class Dependencies {
    private static final Pattern USE =
            Pattern.compile("(?m)^ +(org\\.cdevgate[\\w.]*) +-> ([\\w.]+)");

    private Dependencies() {}

    /**
     * The packages of a module, each with those of the project that it uses, of whatever module.
     *
     * @param module its folder
     */
    static Map<String, Set<String>> ofPackages(Path root, String module) {
        // Not the folder above: with a module-info jdeps would want the modules that it names.
        Path classes = root.resolve(module).resolve("target/classes/org");
        assertFalse(Files.notExists(classes), () -> classes + " is not compiled");
        StringWriter output = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int status =
                jdeps.run(
                        new PrintWriter(output),
                        new PrintWriter(output),
                        "--ignore-missing-deps",
                        "--multi-release",
                        "base",
                        "-verbose:package",
                        classes.toString());
        assertEquals(0, status, output::toString);
        Map<String, Set<String>> uses = new TreeMap<>();
        Matcher line = USE.matcher(output.toString());
        while (line.find()) {
            // One that uses nothing of the project has lines for what it uses of the JDK.
            Set<String> used = uses.computeIfAbsent(line.group(1), unknown -> new TreeSet<>());
            if (line.group(2).startsWith("org.cdevgate")) {
                used.add(line.group(2));
            }
        }
        return uses;
    }

    /** The packages of several modules, without what leads out of them. */
    static Map<String, Set<String>> within(List<Map<String, Set<String>>> modules) {
        Map<String, Set<String>> all = new TreeMap<>();
        for (Map<String, Set<String>> each : modules) {
            each.forEach(
                    (user, used) ->
                            all.computeIfAbsent(user, unknown -> new TreeSet<>()).addAll(used));
        }
        all.values().forEach(used -> used.retainAll(all.keySet()));
        return all;
    }
}

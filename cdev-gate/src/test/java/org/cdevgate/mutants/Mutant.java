package org.cdevgate.mutants;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A change of the sources that breaks them. A list of them stands in a file:
 *
 * <pre>
 * = What it breaks, in a line
 * gate/GateWaiters.java
 * - code as it is
 * + code in its place
 * by test ExclusiveSleepersTest.oneThatLeavesPassesItsWakeUpOn
 * </pre>
 *
 * <p>The code to be replaced is found without regard to white space, and must stand once in the
 * file, so that what merely moves or is formatted anew still fits. A second block of it, in the
 * same or another file, follows with its own first line. What catches it is one of
 *
 * <pre>
 * by test Class or Class.method     a unit test of this module
 * by model scenario                 a scenario of the model checker, or a part of its name
 * by anomaly scenario               a scenario that meets an Error at every place
 * argued reason                     nothing can, or nothing need; over as many lines as it takes
 * </pre>
 *
 * @param name what it breaks
 * @param edits in their order
 * @param catcher what has to see it; null if it is argued
 * @param argument why nothing sees it; null if it is caught
 */
record Mutant(String name, List<Edit> edits, Catcher catcher, String argument) {
    /** Code of a source that is replaced by other code. */
    record Edit(String file, String before, String after) {}

    /** What has to see a mutant. */
    record Catcher(Kind kind, String what) {
        enum Kind {
            TEST,
            MODEL,
            ANOMALY
        }

        static Catcher parse(String line) {
            for (Kind kind : Kind.values()) {
                String word = "by " + kind.name().toLowerCase(Locale.ROOT) + " ";
                if (line.startsWith(word)) {
                    return new Catcher(kind, line.substring(word.length()).strip());
                }
            }
            throw new IllegalArgumentException(
                    "\"" + line + "\": write by test, by model or by anomaly, and which");
        }

        @Override
        public String toString() {
            return kind.name().toLowerCase(Locale.ROOT) + " " + what;
        }
    }

    /** Whether nothing but a unit test has to see it. */
    boolean isQuick() {
        return catcher == null || catcher.kind() == Catcher.Kind.TEST;
    }

    /** Those of all lists. */
    static List<Mutant> all() throws IOException {
        List<Mutant> all = new ArrayList<>();
        for (String list : List.of("gate.txt", "removal.txt", "around.txt")) {
            InputStream file = Mutant.class.getResourceAsStream(list);
            try (BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(Objects.requireNonNull(file, list), UTF_8))) {
                all.addAll(parse(in.lines().toList()));
            }
        }
        return all;
    }

    static List<Mutant> parse(List<String> lines) {
        List<Mutant> mutants = new ArrayList<>();
        Reader reader = new Reader();
        for (String line : lines) {
            if (line.startsWith("= ")) {
                reader.endsIn(mutants);
                reader = new Reader();
            }
            reader.read(line);
        }
        reader.endsIn(mutants);
        return mutants;
    }

    /** One mutant, line by line. */
    private static final class Reader {
        private String name;
        private final List<Edit> edits = new ArrayList<>();
        private String file;
        private final StringBuilder before = new StringBuilder();
        private final StringBuilder after = new StringBuilder();
        private Catcher catcher;
        private StringBuilder argument;

        void read(String line) {
            if (line.startsWith("#")) {
                return;
            }
            if (line.startsWith("= ")) {
                name = line.substring(2).strip();
            } else if (argument != null) {
                argument.append(' ').append(line.strip());
            } else if (line.startsWith("by ")) {
                editEnds();
                catcher = Catcher.parse(line);
            } else if (line.startsWith("argued ")) {
                editEnds();
                argument = new StringBuilder(line.substring("argued ".length()));
            } else if (line.startsWith("-")) {
                if (after.length() > 0) {
                    editEnds();
                }
                before.append(line.substring(1)).append('\n');
            } else if (line.startsWith("+")) {
                after.append(line.substring(1)).append('\n');
            } else if (!line.isBlank()) {
                editEnds();
                file = line.strip();
            }
        }

        private void editEnds() {
            if (before.length() > 0) {
                edits.add(new Edit(file, before.toString(), after.toString()));
                before.setLength(0);
                after.setLength(0);
            }
        }

        void endsIn(List<Mutant> mutants) {
            if (name == null) {
                return; // what stands before the first
            }
            if (edits.isEmpty() || (catcher == null) == (argument == null)) {
                throw new IllegalArgumentException(
                        "\"" + name + "\" needs a change, and either by or argued");
            }
            mutants.add(
                    new Mutant(
                            name,
                            List.copyOf(edits),
                            catcher,
                            argument == null ? null : argument.toString().strip()));
        }
    }
}

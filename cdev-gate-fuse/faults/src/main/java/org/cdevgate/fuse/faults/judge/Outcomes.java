package org.cdevgate.fuse.faults.judge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of outcomes: which answers a call may get in which situation. Its text is {@code
 * outcomes.tsv} beside this class, and says what the words mean.
 */
final class Outcomes {
    private static final String ANY = "*";

    private final Map<List<String>, Set<String>> rows = new HashMap<>();

    private Outcomes() {}

    /** The suite's table. */
    static Outcomes load() {
        Outcomes outcomes = new Outcomes();
        try (InputStream in = Outcomes.class.getResourceAsStream("outcomes.tsv");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(outcomes::add);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the table of outcomes", e);
        }
        return outcomes;
    }

    private void add(String line) {
        String[] words = line.split("\\s+");
        if (words.length < 4) {
            throw new IllegalArgumentException("a row of the table without answers: " + line);
        }
        for (String call : words[0].split(",", -1)) {
            for (String kind : words[1].split(",", -1)) {
                Set<String> answers =
                        rows.computeIfAbsent(List.of(call, kind, words[2]), key -> new HashSet<>());
                answers.addAll(List.of(words).subList(3, words.length));
            }
        }
    }

    /** Whether a call of a node of that kind may get that answer in that situation. */
    boolean allows(String call, String kind, String situation, String answer) {
        return rows.getOrDefault(List.of(call, kind, situation), Set.of()).contains(answer)
                || rows.getOrDefault(List.of(call, ANY, situation), Set.of()).contains(answer);
    }
}

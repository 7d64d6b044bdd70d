package org.cdevgate.cli.explore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a run has written, as much of it as is looked at. */
final class Output {
    private static final int MOST = 1 << 20;

    /** Python's says what went wrong in its last line. */
    private static final String TRACEBACK = "Traceback (most recent call last)";

    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-fA-F]+|[0-9]+(?:[.,][0-9]+)*");

    private final long size;
    private final byte[] head;

    Output(long size, byte[] head) {
        this.size = size;
        this.head = head;
    }

    /** Reads a file; one that is not there is empty. */
    static Output of(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new Output(0, new byte[0]);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new Output(Files.size(file), in.readNBytes(MOST));
        }
    }

    /** Whether another run has written the same. */
    boolean isSame(Output other) {
        return size == other.size && Arrays.equals(head, other.head);
    }

    private String[] lines() {
        return new String(head, StandardCharsets.UTF_8).split("\\R", -1);
    }

    /** A line without its numbers: times, process ids and addresses differ from run to run. */
    static String form(String line) {
        return NUMBER.matcher(line).replaceAll("#");
    }

    /**
     * The first line of a form that no line of another run has, blank ones left out; the last one
     * of them if it is the end of a traceback; null if there is none.
     */
    @Nullable String newLine(Output other) {
        if (isSame(other)) {
            return null;
        }
        Set<String> known =
                Arrays.stream(other.lines()).map(Output::form).collect(Collectors.toSet());
        List<String> fresh =
                Arrays.stream(lines())
                        .filter(line -> !line.isBlank() && !known.contains(form(line)))
                        .map(String::strip)
                        .toList();
        if (fresh.isEmpty()) {
            return null;
        }
        return fresh.get(fresh.get(0).startsWith(TRACEBACK) ? fresh.size() - 1 : 0);
    }
}

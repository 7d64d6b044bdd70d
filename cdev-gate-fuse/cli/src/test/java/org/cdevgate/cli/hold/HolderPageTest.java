package org.cdevgate.cli.hold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cdevgate.cli.protocol.Refusal;
import org.junit.jupiter.api.Test;

/** That docs/holder.md lists what there is, and nothing else. */
class HolderPageTest {
    static final Path PAGE = Path.of("../../docs/holder.md");

    private static final Pattern FIRST_CELL = Pattern.compile("\\| `([^`]+)`.*");

    /** The first cells of the table whose first heading is this. */
    private static Set<String> table(String heading) throws Exception {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| `" + heading + "` |"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(1)
                .map(FIRST_CELL::matcher)
                .filter(Matcher::matches)
                .map(cells -> cells.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> sorted(Stream<String> words) {
        return new TreeSet<>(words.toList());
    }

    @Test
    void eachRequestIsListed() throws Exception {
        assertEquals(
                sorted(Stream.concat(Requests.names().stream(), Stream.of("watch"))), table("do"));
    }

    @Test
    void eachEventIsListed() throws Exception {
        assertEquals(
                sorted(Stream.concat(Events.NAMES.stream(), Stream.of("lost", "ended"))),
                table("event"));
    }

    @Test
    void eachErrorIsListed() throws Exception {
        assertEquals(
                sorted(Arrays.stream(Refusal.Code.values()).map(Refusal.Code::toString)),
                table("code"));
    }

    @Test
    void eachConditionIsListed() throws Exception {
        assertEquals(sorted(Condition.KNOWN.stream()), table("for"));
    }
}

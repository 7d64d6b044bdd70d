package org.cdevgate.cli.program;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words as a shell reads them back. */
public final class ShellWords {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./#-]+");

    private ShellWords() {}

    /** One word, in quotes where it needs them. */
    public static String of(String word) {
        boolean plain = PLAIN.matcher(word).matches() && !word.startsWith("#");
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** A line of several. */
    public static String of(List<String> words) {
        return words.stream().map(ShellWords::of).collect(Collectors.joining(" "));
    }
}

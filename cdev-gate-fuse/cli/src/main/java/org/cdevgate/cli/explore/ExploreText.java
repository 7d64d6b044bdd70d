package org.cdevgate.cli.explore;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cdevgate.cli.program.ShellWords;

/** An exploration for people. */
public final class ExploreText {
    private static final int SHOWN = 8;

    private ExploreText() {}

    /** The table, and what is to be known about it. */
    public static String of(Exploration exploration) {
        StringBuilder text = new StringBuilder();
        RunResult base = exploration.base();
        line(
                text,
                "cdev-gate: %s: %s in the base run, %s",
                ShellWords.of(exploration.plan().program()),
                base.isEnded() ? Judge.ending(base) : "does not end",
                plural(base.begun(), "call"));
        exploration.notes().forEach(note -> line(text, "note: %s", note));
        Replay replay = new Replay(exploration.plan());
        for (List<Finding> group : exploration.groups()) {
            Finding first = group.get(0);
            line(
                    text,
                    "%n%-18s %-8s %s%s",
                    first.outcome().inWords(),
                    plural(group.size(), "run"),
                    first.ending(),
                    first.word() == null ? "" : ": " + first.word());
            line(text, "    at %s", places(exploration, group));
            line(text, "    %s", replay.of(first));
        }
        line(text, "%n%s", sum(exploration));
        return text.toString();
    }

    private static String places(Exploration exploration, List<Finding> group) {
        boolean several = exploration.plan().devices().names().size() > 1;
        String places =
                group.stream()
                        .limit(SHOWN)
                        .map(each -> each.point())
                        .map(each -> (several ? each.device() + ": " : "") + each.place())
                        .collect(Collectors.joining("; "));
        return group.size() > SHOWN ? places + "; and " + (group.size() - SHOWN) + " more" : places;
    }

    /** One line: how many of each. */
    static String sum(Exploration exploration) {
        String counts =
                exploration.counts().entrySet().stream()
                        .map(each -> each.getValue() + " " + each.getKey().word())
                        .collect(Collectors.joining(", "));
        return plural(exploration.points(), "point")
                + (exploration.isPartial()
                        ? ", ended after " + plural(exploration.findings().size(), "run")
                        : "")
                + (counts.isEmpty() ? "" : ": " + counts);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String plural(long count, String word) {
        return count + " " + word + (count == 1 ? "" : "s");
    }
}

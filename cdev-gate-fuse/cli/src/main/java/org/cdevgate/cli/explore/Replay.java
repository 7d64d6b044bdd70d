package org.cdevgate.cli.explore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cdevgate.cli.program.ShellWords;

/** The command line that repeats a run. */
final class Replay {
    private final ExplorePlan plan;

    Replay(ExplorePlan plan) {
        this.plan = plan;
    }

    /** For a shell. */
    String of(Finding finding) {
        Point point = finding.point();
        List<String> words = new ArrayList<>(List.of("cdev-gate", "run"));
        words.addAll(plan.devices().words());
        String name = plan.devices().names().size() > 1 ? point.device() + ":" : "";
        words.addAll(List.of(point.option(), name + point.plan(plan.replug())));
        if (plan.at() != null) {
            words.addAll(List.of("--at", plan.at().toString()));
        }
        boolean alive = finding.outcome() == Outcome.HANG || finding.outcome() == Outcome.SPIN;
        if (alive) {
            words.addAll(List.of("--patience", text(plan.patience())));
        }
        words.add("--");
        words.addAll(plan.program());
        return ShellWords.of(words) + " <" + ShellWords.of(plan.input().toString());
    }

    /** A time as options take it. */
    static String text(Duration time) {
        long millis = time.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}

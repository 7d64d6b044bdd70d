package org.cdevgate.cli.explore;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an exploration has found.
 *
 * @param plan what was asked for
 * @param base the run without a fault
 * @param notes what has to be known about the program to read the rest, a sentence each
 * @param points how many points there are, those of other shards not counted
 * @param findings one for each run that took place, in the order of the points
 * @param runNanos how long the runs took, one after the other or beside each other
 * @param nanos how long all took
 */
public record Exploration(
        ExplorePlan plan,
        RunResult base,
        List<String> notes,
        int points,
        List<Finding> findings,
        long runNanos,
        long nanos) {

    /** Whether it was ended before all points had their run. */
    public boolean isPartial() {
        return findings.size() < points;
    }

    /** Whether a run has one of these outcomes. */
    public boolean has(Set<Outcome> outcomes) {
        return findings.stream().anyMatch(each -> outcomes.contains(each.outcome()));
    }

    /** Equal outcomes, the worst first, then by their first point. */
    List<List<Finding>> groups() {
        Collection<List<Finding>> groups =
                findings.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Finding::kind, LinkedHashMap::new, Collectors.toList()))
                        .values();
        return groups.stream()
                .sorted(Comparator.comparing(each -> each.get(0).outcome())) // stable
                .toList();
    }

    /** How many runs had each outcome, the worst first. */
    Map<Outcome, Long> counts() {
        return findings.stream()
                .sorted(Comparator.comparing(Finding::outcome))
                .collect(
                        Collectors.groupingBy(
                                Finding::outcome, LinkedHashMap::new, Collectors.counting()));
    }
}

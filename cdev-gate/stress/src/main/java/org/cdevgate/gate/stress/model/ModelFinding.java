package org.cdevgate.gate.stress.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the exploration of a question came to.
 *
 * @param question that was asked
 * @param kind how it ended
 * @param interleavings how many runs, each different, came to their end
 * @param seen what happened, in one line; empty if nothing did
 * @param report how it came about, step by step
 */
record ModelFinding(Question question, Kind kind, int interleavings, String seen, String report) {
    enum Kind {
        /** Nothing forbidden was seen. */
        PASSED,
        /** A promise was broken. */
        BROKEN,
        /** Threads wait for ever. */
        HUNG,
        /** One run took too long by the clock: the machine stood still, or code loops unseen. */
        TOO_SLOW,
        /** Something else threw, or the model checker failed: it says nothing about the gate. */
        UNEXPECTED
    }

    private static final Pattern PLACE = Pattern.compile("(\\S+) at ([\\w$.]+)\\(");

    /**
     * The last step of each thread that has not ended, in their order, by Lincheck's detailed
     * trace, which has a column for each: "WAIT at Queue.sleep".
     */
    List<String> waits() {
        Map<Integer, String> last = new TreeMap<>();
        int from = report.indexOf("Detailed trace:");
        String trace = from < 0 ? "" : report.substring(from);
        for (String line : trace.lines().filter(each -> each.startsWith("|")).toList()) {
            String[] columns = line.split("\\|", -1);
            for (int thread = 1; thread < columns.length - 1; thread++) {
                Matcher step = PLACE.matcher(columns[thread]);
                if (step.find()) {
                    last.put(thread, step.group(1) + " at " + step.group(2));
                } else if (columns[thread].strip().startsWith("result: ")) {
                    last.remove(thread);
                }
            }
        }
        return new ArrayList<>(last.values());
    }

    static ModelFinding passed(Question question, int interleavings) {
        return new ModelFinding(question, Kind.PASSED, interleavings, "", "");
    }

    /** What Lincheck reports. */
    static ModelFinding failed(Question question, int interleavings, String report) {
        String promise = "java.lang.AssertionError: ";
        int broken = report.indexOf(promise);
        if (broken >= 0) {
            String seen = report.substring(broken + promise.length()).lines().findFirst().get();
            return new ModelFinding(question, Kind.BROKEN, interleavings, seen, report);
        }
        String title = report.lines().filter(line -> line.startsWith("= ")).findFirst().orElse("");
        if (title.equals("= The execution has hung =")) {
            return new ModelFinding(
                    question, Kind.HUNG, interleavings, "threads wait for ever", report);
        }
        if (title.equals("= The execution has hung, see the thread dump =")) {
            String seen = "one run took too long by the clock";
            return new ModelFinding(question, Kind.TOO_SLOW, interleavings, seen, report);
        }
        String first = report.lines().findFirst().orElse("");
        return new ModelFinding(
                question, Kind.UNEXPECTED, interleavings, title.isEmpty() ? first : title, report);
    }
}

package org.cdevgate.gate.stress.fray;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Fray wrote of a run.
 *
 * @param schedules how many were run, with the one that failed
 * @param finished whether it came to the end of its schedules, or to an error of the case
 * @param error what went wrong, with the stacks; null if nothing did
 */
record FrayReport(int schedules, boolean finished, String error) {
    private static final Pattern FINISHED = Pattern.compile("Run finished\\. Total iter: (\\d+)");
    private static final Pattern FOUND = Pattern.compile("Error found at iter: (\\d+), step: ");

    /** Reads its log. */
    static FrayReport of(List<String> log) {
        int schedules = 0;
        boolean finished = false;
        int from = -1;
        for (int i = 0; i < log.size(); i++) {
            Matcher end = FINISHED.matcher(log.get(i));
            Matcher error = FOUND.matcher(log.get(i));
            if (end.find()) {
                schedules = Math.max(schedules, Integer.parseInt(end.group(1)));
                finished = true;
            } else if (error.find() && from < 0) {
                schedules = Integer.parseInt(error.group(1)) + 1;
                finished = true;
                from = i + 1;
            }
        }
        String text = from < 0 ? null : String.join("\n", log.subList(from, log.size()));
        return new FrayReport(schedules, finished, text);
    }

    /** Whether the case kept all promises in all schedules that were asked for. */
    boolean passed() {
        return finished && error == null && schedules > 0;
    }

    /** In a line. */
    String seen() {
        if (!finished) {
            return "it did not come to its end";
        }
        if (error == null) {
            return "nothing";
        }
        String first = error.lines().findFirst().orElse("");
        int told = first.indexOf("Error: ");
        return told < 0 ? first : first.substring(told + "Error: ".length());
    }
}

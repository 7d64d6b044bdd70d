package org.cdevgate.cli.explore;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a program makes the same calls each time. */
final class Differences {
    private Differences() {}

    /** One sentence for each device whose calls differ. */
    static List<String> between(RunResult one, RunResult other) {
        List<String> sentences = new ArrayList<>();
        one.calls()
                .forEach(
                        (device, calls) -> {
                            List<RecordedCall> others =
                                    other.calls().getOrDefault(device, List.of());
                            boolean ended = one.isEnded() && other.isEnded();
                            String difference = difference(calls, others, ended);
                            if (difference != null) {
                                sentences.add(
                                        "its calls of "
                                                + device
                                                + " vary from run to run: "
                                                + difference
                                                + "; so may the outcomes");
                            }
                        });
        return sentences;
    }

    private static @Nullable String difference(
            List<RecordedCall> one, List<RecordedCall> other, boolean ended) {
        int both = Math.min(one.size(), other.size());
        for (int i = 0; i < both; i++) {
            String call = one.get(i).call().toString();
            String otherCall = other.get(i).call().toString();
            if (!call.equals(otherCall)) {
                return "call " + (i + 1) + " was " + call + " first and " + otherCall + " then";
            }
        }
        if (ended && one.size() != other.size()) {
            boolean more = one.size() > other.size();
            String call = (more ? one : other).get(both).call().toString();
            return "call "
                    + (both + 1)
                    + (more ? " was " + call + " first and missing then" : " came then, " + call);
        }
        return null;
    }
}

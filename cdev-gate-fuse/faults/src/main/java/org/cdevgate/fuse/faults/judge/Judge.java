package org.cdevgate.fuse.faults.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges the calls of a round: whether each answer was allowed, whether a file ever showed another
 * device, whether a call was left without an answer. For one thread.
 */
public final class Judge {
    private static final int MAX_TOLD = 20;

    private final Outcomes outcomes = Outcomes.load();
    private final History history;
    private final Interruptions interruptions;
    private final Map<String, OpenedFile> files = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int found;

    private Judge(History history, ClientLog log) {
        this.history = history;
        this.interruptions = new Interruptions(history, log.handled());
    }

    /** The violations, each as a text for people; empty if there is none. */
    public static List<String> judge(History history, ClientLog log) {
        Judge judge = new Judge(history, log);
        log.calls().forEach(judge::collect);
        judge.files.values().forEach(judge::checkGenerations);
        log.calls().forEach(judge::check);
        if (judge.found > MAX_TOLD) {
            judge.violations.add((judge.found - MAX_TOLD) + " more of this round are not told");
        }
        return judge.violations;
    }

    /** First: which files there are, what they showed, whether they were non-blocking. */
    private void collect(ClientCall call) {
        if (!call.hasFile()) {
            return;
        }
        OpenedFile file = files.computeIfAbsent(call.file(), key -> new OpenedFile());
        file.add(call, history);
    }

    private void checkGenerations(OpenedFile file) {
        Set<Long> shown = new LinkedHashSet<>();
        for (ClientCall call : file.showing()) {
            if (shown.add(call.generation()) && shown.size() > 1) {
                violation("one descriptor showed the generations " + shown, call, file);
            }
            if (file.hasOpen() && !file.mayBe(call.generation())) {
                violation("a descriptor shows a device that it cannot have opened", call, file);
            }
        }
    }

    private void check(ClientCall call) {
        OpenedFile file = files.get(call.file());
        if (!call.hasEnded()) {
            if (!history.wasKilled(call.pid())) {
                violation("a call was left without an answer", call, file);
            }
            return;
        }
        String answer = LoggedAnswer.of(call);
        Set<String> situations;
        if (call.name().equals("open")
                || call.name().equals("stat")
                || call.name().equals("list")) {
            situations = Situations.ofPath(call, history);
        } else if (file == null || !file.hasOpen()) {
            return; // its open is in a log that was cut off by a kill
        } else {
            situations = Situations.ofFile(call, file);
        }
        addConditions(situations, call, file);
        String kind = kind(call, file);
        boolean allowed =
                situations.stream()
                        .anyMatch(each -> outcomes.allows(call.name(), kind, each, answer));
        if (!allowed) {
            violation(answer + " is not allowed when " + situations, call, file);
        }
        boolean hasData =
                (call.name().endsWith("read") && call.result() >= Long.BYTES)
                        || (call.isTouch() && call.result() >= 0);
        if (hasData && call.generation() == 0) {
            violation("data without a generation", call, file);
        }
    }

    private void addConditions(Set<String> situations, ClientCall call, OpenedFile file) {
        if (interruptions.reached(call)) {
            situations.add("interrupted");
        }
        if (file != null && file.wasNonBlocking(call)) {
            situations.add("nonblock");
        }
        if (history.mounts().stream().anyMatch(mount -> mount.crowded)) {
            situations.add("crowded");
        }
    }

    private static String kind(ClientCall call, OpenedFile file) {
        if (file != null) {
            return file.kind();
        }
        return History.kindOf(call.detail().split(" ", 2)[0]);
    }

    private void violation(String what, ClientCall call, OpenedFile file) {
        found++;
        if (found > MAX_TOLD) {
            return;
        }
        StringBuilder text = new StringBuilder(what).append(":\n  ").append(call).append('\n');
        if (file != null) {
            text.append(file.describe());
        }
        history.signals(call.pid()).forEach(sent -> text.append("  ").append(sent).append('\n'));
        violations.add(text.toString());
    }
}

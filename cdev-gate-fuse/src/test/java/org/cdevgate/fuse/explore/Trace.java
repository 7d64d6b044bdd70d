package org.cdevgate.fuse.explore;

import java.util.ArrayDeque;

/** The last steps of a run, for whoever has to understand a finding. */
final class Trace {
    private record Step(Task task, String what) {}

    private final int most;
    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    Trace(int most) {
        this.most = most;
    }

    void add(Task task, int site) {
        add(task, Sites.name(site));
    }

    void switched(Task to) {
        add(to, "goes on");
    }

    void timeIsOver(Task task) {
        add(task, "its time is over");
    }

    private void add(Task task, String what) {
        if (steps.size() == most) {
            steps.removeFirst();
        }
        steps.addLast(new Step(task, what));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("last steps:\n");
        Task last = null;
        for (Step step : steps) {
            if (step.task != last) {
                text.append("  ").append(step.task).append('\n');
                last = step.task;
            }
            text.append("      ").append(step.what).append('\n');
        }
        return text.toString();
    }
}

package org.cdevgate.fuse.explore;

/** The last steps of a run, for whoever has to understand a finding. */
final class Trace {
    private static final int GOES_ON = -1;
    private static final int TIME_IS_OVER = -2;

    private final Task[] tasks;
    private final int[] sites;
    private int steps;

    Trace(int most) {
        tasks = new Task[most];
        sites = new int[most];
    }

    void add(Task task, int site) {
        int at = steps++ % tasks.length;
        tasks[at] = task;
        sites[at] = site;
    }

    void switched(Task to) {
        add(to, GOES_ON);
    }

    void timeIsOver(Task task) {
        add(task, TIME_IS_OVER);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("last steps:\n");
        Task last = null;
        for (int step = Math.max(0, steps - tasks.length); step < steps; step++) {
            Task task = tasks[step % tasks.length];
            if (task != last) {
                text.append("  ").append(task).append('\n');
                last = task;
            }
            int site = sites[step % tasks.length];
            if (site != GOES_ON) {
                text.append("      ");
                text.append(site == TIME_IS_OVER ? "its time is over" : Sites.name(site));
                text.append('\n');
            }
        }
        return text.toString();
    }
}

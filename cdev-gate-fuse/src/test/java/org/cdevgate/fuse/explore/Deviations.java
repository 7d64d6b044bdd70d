package org.cdevgate.fuse.explore;

import java.util.List;
import java.util.Random;

/**
 * Each thread goes on until it waits, but for a few choices: the n-th one falls on the k-th other
 * thread, or on a time limit.
 */
final class Deviations implements Strategy {
    /** At the {@code at}-th choice, the {@code option}-th alternative. */
    record Deviation(int at, int option) {}

    private final List<Deviation> deviations;
    private int choices;

    Deviations(List<Deviation> deviations) {
        this.deviations = deviations;
    }

    static Deviations random(Random random, int number, int choices) {
        Deviation[] all = new Deviation[number];
        for (int i = 0; i < number; i++) {
            all[i] =
                    new Deviation(
                            random.nextInt(Math.max(1, choices)), 1 + random.nextInt(1 << 16));
        }
        return new Deviations(List.of(all));
    }

    @Override
    public void started(Task task) {
        // All threads are alike.
    }

    @Override
    public Task choose(boolean mayContinue, List<Task> ready, List<Task> timed) {
        int others = ready.size() + timed.size() - 1;
        if (others == 0) {
            return ready.get(0);
        }
        int choice = choices++;
        for (Deviation each : deviations) {
            if (each.at == choice) {
                int option = 1 + (each.option - 1) % others;
                return option < ready.size() ? ready.get(option) : timed.get(option - ready.size());
            }
        }
        return ready.get(0);
    }

    /** How many choices there were. */
    int choices() {
        return choices;
    }
}

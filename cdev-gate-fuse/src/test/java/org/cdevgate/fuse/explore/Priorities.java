package org.cdevgate.fuse.explore;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Each thread has a priority by chance, and the highest goes on; at a few choices by chance it
 * falls to the lowest, or a time limit ends (Burckhardt and others, "A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs", 2010). What needs a thread to be held up for long it
 * finds sooner than few deviations do.
 */
final class Priorities implements Strategy {
    private final Random random;
    private final Set<Integer> changes = new HashSet<>();
    private int choices;
    private int lowest;

    Priorities(Random random, int number, int choices) {
        this.random = random;
        for (int i = 0; i < number; i++) {
            changes.add(random.nextInt(Math.max(1, choices)));
        }
    }

    @Override
    public void started(Task task) {
        task.priority = random.nextInt(1 << 20);
    }

    @Override
    public Task choose(boolean mayContinue, List<Task> ready, List<Task> timed) {
        if (ready.size() + timed.size() == 1) {
            return ready.get(0);
        }
        Task next = highest(ready);
        if (changes.contains(choices++)) {
            if (!timed.isEmpty() && random.nextInt(3) == 0) {
                return timed.get(random.nextInt(timed.size()));
            }
            next.priority = --lowest;
            next = highest(ready);
        }
        return next;
    }

    private static Task highest(List<Task> ready) {
        Task highest = ready.get(0);
        for (Task task : ready) {
            if (task.priority > highest.priority) {
                highest = task;
            }
        }
        return highest;
    }
}

package org.cdevgate.fuse.explore;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;

/**
 * Each thread goes on until it waits, but for a few that are held up, each at one point, as by a
 * machine that is busy: until no other can go on, or even while the clock goes on. A wake-up that
 * is lost because somebody looked too early shows when he is held up right after he looked.
 */
final class Stalls implements Strategy {
    /** At the {@code at}-th point; and so many time limits of others end meanwhile. */
    record Stall(int at, int timeLimits) {}

    /** None, some ticks of the monitor, enough of them for it to fall asleep. */
    static final int[] TIME_LIMITS = {0, 3, 30};

    private static final class Held {
        final Task task;
        int timeLimits;

        Held(Task task, int timeLimits) {
            this.task = task;
            this.timeLimits = timeLimits;
        }
    }

    private final List<Stall> stalls;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private int points;

    Stalls(List<Stall> stalls) {
        this.stalls = stalls;
    }

    static Stalls random(Random random, int number, int points) {
        Stall[] all = new Stall[number];
        for (int i = 0; i < number; i++) {
            all[i] =
                    new Stall(
                            random.nextInt(Math.max(1, points)),
                            TIME_LIMITS[random.nextInt(TIME_LIMITS.length)]);
        }
        return new Stalls(List.of(all));
    }

    /** How many points there were. */
    int points() {
        return points;
    }

    @Override
    public void started(Task task) {
        // All threads are alike.
    }

    @Override
    public Task choose(boolean mayContinue, List<Task> ready, List<Task> timed) {
        if (mayContinue) {
            int point = points++;
            for (Stall each : stalls) {
                if (each.at == point && !isHeld(ready.get(0))) {
                    held.add(new Held(ready.get(0), each.timeLimits));
                }
            }
        }
        for (Task task : ready) {
            if (!isHeld(task)) {
                return task;
            }
        }
        Held first = held.peek();
        if (first.timeLimits > 0 && !timed.isEmpty()) {
            first.timeLimits--;
            return earliest(timed);
        }
        while (!ready.contains(first.task)) {
            held.remove();
            first = held.peek();
        }
        return held.remove().task;
    }

    private boolean isHeld(Task task) {
        for (Held each : held) {
            if (each.task == task) {
                return true;
            }
        }
        return false;
    }

    private static Task earliest(List<Task> timed) {
        Task earliest = timed.get(0);
        for (Task task : timed) {
            if (task.deadline < earliest.deadline) {
                earliest = task;
            }
        }
        return earliest;
    }
}

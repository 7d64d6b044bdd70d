package org.cdevgate.gate.stress.workload;

import java.util.ArrayList;
import java.util.List;

/** What threads of one kind do, each action with its weight. Immutable. */
public final class WorkerRole {
    private record Weighted(Action action, int weight) {}

    private final String name;
    private final List<Weighted> actions;
    private final int total;

    private WorkerRole(String name, List<Weighted> actions) {
        this.name = name;
        this.actions = actions;
        this.total = actions.stream().mapToInt(Weighted::weight).sum();
    }

    /** A role without actions yet; threads of the role are named by it. */
    public static WorkerRole named(String name) {
        return new WorkerRole(name, List.of());
    }

    /**
     * This role with one more action.
     *
     * @param weight how often relative to the others, 1 or more
     */
    public WorkerRole with(int weight, Action action) {
        if (weight < 1) {
            throw new IllegalArgumentException(
                    "weight " + weight + " of " + action.name() + "; give 1 or more");
        }
        List<Weighted> more = new ArrayList<>(actions);
        more.add(new Weighted(action, weight));
        return new WorkerRole(name, List.copyOf(more));
    }

    String name() {
        return name;
    }

    Action pick(Dice dice) {
        int rest = dice.below(total);
        for (Weighted each : actions) {
            rest -= each.weight();
            if (rest < 0) {
                return each.action();
            }
        }
        throw new AssertionError("the weights do not add up");
    }
}

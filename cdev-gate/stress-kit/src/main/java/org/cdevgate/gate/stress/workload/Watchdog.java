package org.cdevgate.gate.stress.workload;

import java.util.IdentityHashMap;
import java.util.List;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Stacks;

/**
 * Finds what does not end: looks at what each worker does, and since when. A call on a live device
 * may sleep as long as it likes; its time counts from the removal. For one thread.
 */
final class Watchdog {
    private final StressRun run;
    private final long patience;
    private final IdentityHashMap<Activity, Long> overdue = new IdentityHashMap<>();
    private long hangSeen = System.nanoTime();

    Watchdog(StressRun run) {
        this.run = run;
        this.patience = run.plan().patience.toNanos();
    }

    /**
     * Looks once.
     *
     * @return false if something hangs for good and the run has to be given up
     */
    boolean look(List<StressWorker> workers) {
        long now = System.nanoTime();
        boolean hopeless = false;
        for (StressWorker worker : workers) {
            if (run.plan().aimed) {
                worker.countIfAsleep();
            }
            Activity activity = worker.activity();
            if (activity == null || now - dueSince(activity, now) <= patience) {
                continue;
            }
            Long first = overdue.get(activity);
            if (first == null) {
                if (!report(worker, activity, workers, now)) {
                    continue;
                }
                overdue.put(activity, now);
                first = now;
            }
            if (activity.kind() == Activity.Kind.CALL) {
                hangSeen = now;
            }
            if (run.plan().rescue) {
                if (activity.kind() == Activity.Kind.CALL) {
                    worker.interrupt();
                }
                hopeless |= now - first > patience;
            } else {
                hopeless = true;
            }
        }
        return !hopeless;
    }

    /** From when the activity's time counts; now if it does not count yet. */
    private long dueSince(Activity activity, long now) {
        if (activity.kind() == Activity.Kind.REMOVAL) {
            // What it had to wait for, a call that hangs, is reported for itself.
            return hangSeen - activity.since() > 0 ? hangSeen : activity.since();
        }
        if (activity.kind() != Activity.Kind.CALL) {
            return activity.since();
        }
        if (!activity.device().life().isRemovalCalled()) {
            return now;
        }
        long removal = activity.device().life().removalCalledAt();
        return removal - activity.since() > 0 ? removal : activity.since();
    }

    /** False if it only waits for a call whose own time is not over yet, and which is reported. */
    private boolean report(
            StressWorker worker, Activity activity, List<StressWorker> workers, long now) {
        String name = activity.device() == null ? "a device" : activity.device().life().name();
        String seconds = String.format("%.1f s", patience / 1e9);
        switch (activity.kind()) {
            case CALL ->
                    run.findings()
                            .report(
                                    Finding.Kind.SLEEPER_NOT_WOKEN,
                                    activity.what(),
                                    activity.what()
                                            + " of "
                                            + name
                                            + " by "
                                            + worker
                                            + " has not returned "
                                            + seconds
                                            + " after the removal began; does the wake hook"
                                            + " reach it, and does it look at isRemoving()?",
                                    worker::stack);
            case REMOVAL -> {
                if (workers.stream().anyMatch(each -> isInLongCall(activity.device(), each, now))) {
                    return false;
                }
                run.findings()
                        .report(
                                Finding.Kind.REMOVAL_HUNG,
                                activity.what(),
                                activity.what()
                                        + " of "
                                        + name
                                        + " has not returned after "
                                        + seconds,
                                () -> worker.stack() + inFlight(activity.device()));
            }
            case PROMPT ->
                    run.findings()
                            .report(
                                    Finding.Kind.STUCK,
                                    activity.what(),
                                    activity.what()
                                            + " of "
                                            + name
                                            + " by "
                                            + worker
                                            + " has not returned after "
                                            + seconds,
                                    worker::stack);
        }
        return true;
    }

    /** Reports the threads that have not ended though they should. */
    void reportUnended(List<StressWorker> workers) {
        for (StressWorker worker : workers) {
            if (!worker.hasEnded()) {
                run.findings()
                        .report(
                                Finding.Kind.STUCK,
                                "end",
                                worker + " does not end, long after the run",
                                worker::stack);
            }
        }
    }

    /** Whether a worker has long been in a call of the device, which its removal then waits for. */
    private boolean isInLongCall(StressedDevice device, StressWorker worker, long now) {
        Activity activity = worker.activity();
        return activity != null
                && activity.device() == device
                && activity.kind() == Activity.Kind.CALL
                && now - dueSince(activity, now) > patience / 2;
    }

    private static String inFlight(StressedDevice device) {
        StringBuilder text = new StringBuilder();
        for (CallInFlight call : device.gate().callsInFlight()) {
            text.append("  in flight: ").append(call).append('\n');
            if (call.thread() != null) {
                text.append(Stacks.of(call.thread()));
            }
        }
        return text.toString();
    }
}

package org.cdevgate.gate.stress.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.oracle.Finding;

/** What a run does. Collected by one thread before the run. */
public final class StressPlan {
    /** Threads that have a role. */
    record Crew(WorkerRole role, int platform, int virtual) {}

    final DeviceMaker maker;
    long seed;
    Duration duration = Duration.ofSeconds(3);
    Duration patience = Duration.ofSeconds(5);
    int slots = 2;
    int longestLifeMicros = 10_000;
    int mostBytes = 64;
    int[] ioctls = {};
    boolean rescue;
    boolean pollersAreTold;
    boolean aimed;
    Set<Verb> sleeping = Set.of();
    AllowedAnswers answers = AllowedAnswers.ANY;
    Predicate<Throwable> expected = thrown -> false;
    GateSabotage sabotage = GateSabotage.NONE;
    Consumer<Finding> atOnce = finding -> {};
    List<String> required = List.of();
    final List<Crew> crews = new ArrayList<>();

    /** A plan with default numbers and without threads. */
    public StressPlan(DeviceMaker maker) {
        this.maker = maker;
    }

    /** Fixes what each thread decides. */
    public StressPlan seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /** How long to run; longer, up to four times, until everything required was exercised. */
    public StressPlan duration(Duration newDuration) {
        duration = positive("duration", newDuration);
        return this;
    }

    /** How long something may take that should end by itself, before it is reported as hung. */
    public StressPlan patience(Duration newPatience) {
        patience = positive("patience", newPatience);
        return this;
    }

    private static Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "a " + what + " of " + value + "; give more than zero");
        }
        return value;
    }

    /** How many devices exist at a time. */
    public StressPlan slots(int newSlots) {
        slots = atLeast("slots", newSlots, 1);
        return this;
    }

    /** How long a remover waits at most before it takes the next device. */
    public StressPlan longestLifeMicros(int newLimit) {
        longestLifeMicros = atLeast("longestLifeMicros", newLimit, 1);
        return this;
    }

    /** The largest read and write. */
    public StressPlan mostBytes(int newLimit) {
        mostBytes = atLeast("mostBytes", newLimit, 0);
        return this;
    }

    private static int atLeast(String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(what + " " + value + "; give " + least + " or more");
        }
        return value;
    }

    /** The ioctl commands that callers use. */
    public StressPlan ioctls(int... commands) {
        ioctls = commands.clone();
        return this;
    }

    /**
     * Frees calls that hang by an interrupt, after they were reported, and goes on if that helps;
     * else the run ends at the first.
     */
    public StressPlan rescue(boolean newRescue) {
        rescue = newRescue;
        return this;
    }

    /**
     * Begins with removals that are aimed at sleepers, verb by verb, see {@link Aim}, and demands
     * that each verb of the driver's is exercised, see {@link Exercise}.
     */
    public StressPlan aimed(boolean newAimed) {
        aimed = newAimed;
        return this;
    }

    /** Verbs that sleep: it is not enough if no removal has met them asleep. */
    public StressPlan sleeping(Set<Verb> verbs) {
        sleeping = Set.copyOf(verbs);
        return this;
    }

    /** Whether each poll of the driver names a queue, so that the removal must tell its pollers. */
    public StressPlan pollersAreTold(boolean told) {
        pollersAreTold = told;
        return this;
    }

    /** What callers may get; anything, if not said. */
    public StressPlan answers(AllowedAnswers newAnswers) {
        answers = newAnswers;
        return this;
    }

    /** What verbs may throw beside errnos and interrupts. */
    public StressPlan expected(Predicate<Throwable> newExpected) {
        expected = newExpected;
        return this;
    }

    /** Breaks the gate. */
    public StressPlan sabotage(GateSabotage newSabotage) {
        sabotage = newSabotage;
        return this;
    }

    /** Told of each kind of finding when it is first seen, on the thread that saw it. */
    public StressPlan atOnce(Consumer<Finding> listener) {
        atOnce = listener;
        return this;
    }

    /** The counts that a run must have above zero, or it has shown nothing. */
    public StressPlan required(String... counts) {
        required = Arrays.asList(counts.clone());
        return this;
    }

    /**
     * Adds threads.
     *
     * @param virtual how many of them are virtual, where the JDK has those; else left out
     */
    public StressPlan crew(WorkerRole role, int platform, int virtual) {
        crews.add(new Crew(role, platform, VirtualThreads.exist() ? virtual : 0));
        return this;
    }
}

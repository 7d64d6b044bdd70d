package org.cdevgate.gate.stress.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.workload.CallerAction;
import org.cdevgate.gate.stress.workload.Disturbance;
import org.cdevgate.gate.stress.workload.RemovalAction;
import org.cdevgate.gate.stress.workload.StressPlan;
import org.cdevgate.gate.stress.workload.StressRun;
import org.cdevgate.gate.stress.workload.WorkerRole;

/**
 * Runs random calls on devices of a driver, removes the devices in the middle of them, and reports
 * what the driver does wrong: sleepers that its hook does not wake, resources used after they were
 * freed, freed twice or never, calls kept beyond their end, exceptions and results that no verb may
 * give. First each verb of the driver's has its own removals, aimed at callers that sleep in it;
 * then chance has its turn.
 *
 * <pre>{@code
 * StressReport report = DriverStress.of(new Keypad.Factory()).ioctls(Keypad.COUNT).run();
 * assertTrue(report.isClean(), report::toString);
 * }</pre>
 *
 * <p>The seed fixes what each thread decides in each of its steps; how the threads interleave is
 * the machine's. The run is bounded in time also if the driver hangs: a call that hangs is reported
 * and interrupted, and if that does not free it the run ends, leaving daemon threads behind.
 *
 * <p>For one thread.
 */
public final class DriverStress {
    private final DriverFactory factory;
    private long seed = ThreadLocalRandom.current().nextLong(1L << 32);
    private Duration duration = Duration.ofSeconds(3);
    private Duration patience = Duration.ofSeconds(5);
    private int devices = 2;
    private int callers = 8;
    private int virtualCallers;
    private int mostBytes = 64;
    private int[] ioctls = {};
    private boolean interrupts = true;
    private Set<Verb> sleeping = Set.of();
    private final List<Class<? extends Throwable>> expected = new ArrayList<>();

    private DriverStress(DriverFactory factory) {
        if (factory == null) {
            throw new NullPointerException("the factory of the driver's devices");
        }
        this.factory = factory;
    }

    /** A stress of the devices that the factory makes, with a random seed. */
    public static DriverStress of(DriverFactory factory) {
        return new DriverStress(factory);
    }

    /** Fixes what each thread decides; a report shows the seed that was used. */
    public DriverStress seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /**
     * How long chance has its turn, more than zero; 3 s if not said. Up to four times as long,
     * until each verb was exercised; a run that has not come that far then is {@link
     * StressReport.Verdict#NOT_ENOUGH}.
     */
    public DriverStress duration(Duration newDuration) {
        duration = newDuration;
        return this;
    }

    /**
     * How long a call may stay in the driver after the removal of its device has begun, and how
     * long a close may take, more than zero; 5 s if not said. Longer than the longest pause of a
     * busy machine, or the report names calls that were only slow.
     */
    public DriverStress patience(Duration newPatience) {
        patience = newPatience;
        return this;
    }

    /** How many devices exist at a time, 1 or more; 2 if not said. */
    public DriverStress devices(int count) {
        devices = count;
        return this;
    }

    /**
     * How many threads call: 1 or more in all; 8 and 0 if not said.
     *
     * @param platform threads
     * @param virtual threads, left out on a JDK without them
     */
    public DriverStress callers(int platform, int virtual) {
        if (platform < 0 || virtual < 0 || platform + virtual < 1) {
            throw new IllegalArgumentException(
                    platform + " and " + virtual + " callers; give 1 or more in all");
        }
        callers = platform;
        virtualCallers = virtual;
        return this;
    }

    /** The largest read and write in bytes, 0 or more; 64 if not said. */
    public DriverStress mostBytes(int count) {
        mostBytes = count;
        return this;
    }

    /**
     * The ioctl commands that the driver knows, made by {@link org.cdevgate.abi.IoctlCommand}. They
     * come with random data and a random argument. Unknown ones are sent in any case.
     */
    public DriverStress ioctls(int... commands) {
        ioctls = commands.clone();
        return this;
    }

    /**
     * The verbs in which the driver's callers sleep. It then is not enough, and no pass, if no
     * removal has met one of them asleep in each. Without it a verb that never slept is shown in
     * the report and held for one that never does.
     */
    public DriverStress sleeps(Verb... verbs) {
        sleeping = Set.copyOf(Arrays.asList(verbs));
        return this;
    }

    /** Whether callers are interrupted now and then, as by a signal; they are if not said. */
    public DriverStress interrupts(boolean whether) {
        interrupts = whether;
        return this;
    }

    /** An exception that verbs may throw beside errnos and interrupts; its caller gets EIO. */
    public DriverStress expect(Class<? extends Throwable> exception) {
        expected.add(exception);
        return this;
    }

    /**
     * Runs it and waits for its end, which comes after the duration and, if something hangs, a few
     * times the patience.
     *
     * @throws IllegalArgumentException if a number is out of range; names it
     * @throws InterruptedException if this thread is interrupted; the run's threads end by
     *     themselves then
     */
    public StressReport run() throws InterruptedException {
        return new StressReport(new StressRun(plan()).execute());
    }

    private StressPlan plan() {
        WorkerRole caller = WorkerRole.named("caller").with(8, Disturbance.RUN_READY);
        for (CallerAction action : CallerAction.values()) {
            caller = caller.with(weight(action), action);
        }
        WorkerRole remover = WorkerRole.named("remover");
        for (RemovalAction form : RemovalAction.values()) {
            remover = remover.with(1, form);
        }
        StressPlan plan =
                new StressPlan(device -> factory.make(new Bench(device)))
                        .seed(seed)
                        .duration(duration)
                        .patience(patience)
                        .slots(devices)
                        .mostBytes(mostBytes)
                        .ioctls(ioctls)
                        .rescue(true)
                        .aimed(true)
                        .sleeping(sleeping)
                        .expected(
                                thrown ->
                                        expected.stream().anyMatch(type -> type.isInstance(thrown)))
                        .required("open: done", "close")
                        .crew(caller, callers, virtualCallers)
                        .crew(remover, 2, 0)
                        // Keeps requests going when every caller sleeps.
                        .crew(
                                WorkerRole.named("runner")
                                        .with(8, Disturbance.RUN_READY)
                                        .with(1, Disturbance.PAUSE),
                                1,
                                0);
        return interrupts
                ? plan.crew(WorkerRole.named("signal").with(1, Disturbance.INTERRUPT), 1, 0)
                : plan;
    }

    private static int weight(CallerAction action) {
        return switch (action) {
            case OPEN, READ, WRITE, IOCTL -> 8;
            case POLL, CLOSE, THREADLESS_OPEN, THREADLESS_READ, THREADLESS_WRITE -> 4;
            default -> 1;
        };
    }
}

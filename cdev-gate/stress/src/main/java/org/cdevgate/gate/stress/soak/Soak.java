package org.cdevgate.gate.stress.soak;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.stress.workload.CallerAction;
import org.cdevgate.gate.stress.workload.DeviceMaker;
import org.cdevgate.gate.stress.workload.Disturbance;
import org.cdevgate.gate.stress.workload.RemovalAction;
import org.cdevgate.gate.stress.workload.RunOptions;
import org.cdevgate.gate.stress.workload.RunResult;
import org.cdevgate.gate.stress.workload.StressPlan;
import org.cdevgate.gate.stress.workload.StressRun;
import org.cdevgate.gate.stress.workload.Usage;
import org.cdevgate.gate.stress.workload.WorkerRole;

/**
 * The randomized soak of the gate: four devices that are removed and registered again a few hundred
 * times a second, used by platform and virtual threads in every way.
 *
 * <pre>
 *   java -cp cdev-gate/stress/target/jcstress.jar org.cdevgate.gate.stress.soak.Soak \
 *       [--seconds N] [--seed S]
 * </pre>
 *
 * <p>The seed fixes what each thread decides in each of its steps; how the threads interleave is
 * the machine's, so a seed that found something finds it again with good luck only. Exit status 0
 * if all promises were held and everything was exercised, 1 if not, 2 for wrong arguments.
 */
public final class Soak {
    private static final int SLOTS = 4;

    private static final Usage USAGE =
            new Usage(
                    Soak.class,
                    "[--seconds N] [--seed S]",
                    """
                    The randomized soak of the gate.

                      --seconds N   how long; 10 if not given
                      --seed S      repeats what each thread decided; at random if not given
                    """);

    private Soak() {}

    /** Runs it; see the class comment. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args, System.out));
    }

    static int run(String[] args, PrintStream out) throws InterruptedException {
        if (List.of(args).contains("--help")) {
            out.print(USAGE.help());
            return 0;
        }
        RunOptions options;
        try {
            options = RunOptions.parse(args, 10);
            options.refuseOthers();
        } catch (IllegalArgumentException e) {
            out.println("soak: " + e.getMessage() + "; " + USAGE.line());
            return 2;
        }
        String again =
                "java -cp cdev-gate/stress/target/jcstress.jar "
                        + Soak.class.getName()
                        + " --seconds "
                        + options.seconds()
                        + " --seed "
                        + options.seed();
        out.println("soak of the gate: seed " + options.seed() + "; repeat with: " + again);
        StressPlan plan =
                plan().seed(options.seed())
                        .duration(Duration.ofSeconds(options.seconds()))
                        .atOnce(finding -> out.println(finding + "\n  repeat with: " + again));
        RunResult result = new StressRun(plan).execute();
        result.counts().forEach((what, count) -> out.printf("%12d  %s%n", count, what));
        boolean passed = result.findings().isEmpty();
        out.printf(
                "soak: %s seed=%d seconds=%.1f devices=%d calls=%d findings=%d%n",
                passed ? "passed" : "FAILED",
                result.seed(),
                result.seconds(),
                result.devices(),
                result.calls(),
                result.findings().size());
        return passed ? 0 : 1;
    }

    /** What the soak does, for as long as is asked. */
    static StressPlan plan() {
        AtomicInteger made = new AtomicInteger();
        return plan(
                device -> {
                    int number = made.getAndIncrement();
                    return SoakDriver.make(device, number % 2 == 0, number % 3 == 0);
                });
    }

    /** The same with devices of another make. */
    static StressPlan plan(DeviceMaker maker) {
        WorkerRole caller =
                WorkerRole.named("caller")
                        .with(12, CallerAction.OPEN)
                        .with(4, CallerAction.THREADLESS_OPEN)
                        .with(4, CallerAction.CLOSE)
                        .with(8, CallerAction.READ)
                        .with(8, CallerAction.WRITE)
                        .with(24, CallerAction.IOCTL)
                        .with(8, CallerAction.POLL)
                        .with(2, CallerAction.LLSEEK)
                        .with(2, CallerAction.FSYNC)
                        .with(2, CallerAction.FLUSH)
                        .with(2, CallerAction.MMAP)
                        .with(8, CallerAction.THREADLESS_READ)
                        .with(8, CallerAction.THREADLESS_WRITE)
                        .with(1, CallerAction.TAKE_BACK)
                        .with(8, Disturbance.RUN_READY)
                        .with(1, SoakAction.EXIT_TWICE)
                        .with(1, SoakAction.FOREIGN_FILE);
        WorkerRole remover = WorkerRole.named("remover").with(1, SoakAction.REMOVAL_BEGUN_INSIDE);
        for (RemovalAction form : RemovalAction.values()) {
            remover = remover.with(1, form);
        }
        return new StressPlan(maker)
                .patience(Duration.ofSeconds(30))
                .slots(SLOTS)
                .longestLifeMicros(20_000)
                .ioctls(
                        SoakCommand.ACT.number(),
                        SoakCommand.NEST.number(),
                        SoakCommand.REENTER.number(),
                        SoakCommand.REMOVE_ITSELF.number(),
                        SoakCommand.REMOVE_ANOTHER.number(),
                        SoakCommand.HOLD.number(),
                        SoakCommand.REMOVE_LATER.number(),
                        SoakCommand.REMOVE_AROUND_ITSELF.number())
                .pollersAreTold(true)
                .answers(new EvdevAnswers())
                .expected(SoakDriver::isOnPurpose)
                .required(REQUIRED)
                .crew(caller, 8, 8)
                .crew(remover, 2, 1)
                .crew(
                        WorkerRole.named("event")
                                .with(8, SoakAction.ARRIVE)
                                .with(1, SoakAction.SWITCH_DIAGNOSTICS),
                        1,
                        0)
                .crew(
                        WorkerRole.named("runner")
                                .with(8, Disturbance.RUN_READY)
                                .with(1, Disturbance.PAUSE),
                        1,
                        0)
                .crew(WorkerRole.named("signal").with(1, Disturbance.INTERRUPT), 1, 0);
    }

    private static final String[] REQUIRED = {
        "open: done",
        "open: EIO",
        "open: ENODEV",
        "open: would block",
        "read: done",
        "read: EAGAIN",
        "read: EINTR",
        "read: EIO",
        "read: ENODEV",
        "write: done",
        "write: ENODEV",
        "ioctl: done",
        "ioctl: ENOTTY",
        "ioctl: ENODEV",
        "poll: done",
        "poll: gone",
        "llseek: done",
        "fsync: done",
        "flush: done",
        "mmap: done",
        "close",
        "released by a close",
        "released by a remover",
        "released late",
        "ended by a removal",
        "await: woken",
        "await: ended by the removal",
        "own sleep: ended by the removal",
        "await with a lock: woken",
        "exclusive: woken",
        "exclusive: ended by the removal",
        "exclusive: without thread",
        "without thread: run again",
        "without thread: told of the removal",
        "without thread: taken back",
        "without thread: timed out",
        "bound: entered",
        "second exit refused",
        "foreign file refused",
        "interrupt",
        "nested: ACT",
        "nested: NEST",
        "re-entered",
        "nested enter refused after the flag",
        "self-removal refused",
        "self-removal refused through another gate",
        "self-removal refused through the parent",
        "child removed with its parent",
        "diagnostics: OFF",
        "diagnostics: COUNT",
        "diagnostics: SAMPLED",
        "diagnostics: FULL",
        "removal resumed",
        "removal's wait interrupted",
        "removal: by a call of another device",
        "removal: REMOVAL_BEGUN_INSIDE",
        "removal: UNREGISTER_SYNC",
        "removal: UNREGISTER_INTERRUPTED",
        "removal: TWO_HALVES",
        "removal: BOUNDED",
        "removal: BOUNDED_INTERRUPTED",
        "removal: GANG",
        "removal: ASYNC",
        "removal: GROUP",
        "removal: INTERRUPTIBLE",
        "removal: REMOVE_AROUND_ITSELF",
        "removal deferred",
        "hold released",
        "cancellation callback ran",
    };
}

package org.cdevgate.gate.stress.workload;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Stacks;

/** A caller's calls, and whether it may get what it got. */
public final class Syscalls {
    /** The largest argument of an ioctl command, in bytes. */
    static final int MOST_IOCTL = IoctlCommand.MAX_SIZE;

    /** What poll answers of a removed device. */
    public static final int GONE = PollEvents.POLLERR | PollEvents.POLLHUP;

    private Syscalls() {}

    /** A call of a verb. */
    @FunctionalInterface
    public interface Body {
        /** Calls it; the result is the verb's. */
        long run() throws ErrnoException;
    }

    /**
     * Calls a verb.
     *
     * @param file null in open
     * @return its result, a negated errno, or {@link Call#WOULD_BLOCK}
     */
    public static long call(
            StressWorker worker, StressedDevice device, OpenFile file, Verb verb, Body body) {
        DeviceLife life = device.life();
        StressRun run = worker.run();
        boolean over = life.isOver();
        boolean removalCalled = life.isRemovalCalled();
        run.countCall();
        Long result =
                worker.doing(
                        Activity.Kind.CALL,
                        verb.toString(),
                        device,
                        () -> {
                            try {
                                return body.run();
                            } catch (ErrnoException e) {
                                return (long) -e.errno();
                            } catch (RuntimeException | Error e) {
                                wrong(worker, device, verb, "threw " + e, e);
                                return (long) -Errno.EIO.number();
                            }
                        });
        String answer = text(verb, result);
        run.counts().add(verb + ": " + answer);
        boolean noDevice = result == -Errno.ENODEV.number();
        if (noDevice && !removalCalled) {
            run.counts().add("ended by a removal");
        }
        if (over) {
            if (result == Call.WOULD_BLOCK || !run.plan().answers.removed(verb, result)) {
                wrong(worker, device, verb, "answered \"" + answer + "\" after the removal", null);
            }
        } else if (result < 0 && result != Call.WOULD_BLOCK) {
            boolean removing = noDevice && life.isRemovalCalled();
            if (!removing && !run.plan().answers.live(worker, device, file, (int) -result)) {
                wrong(worker, device, verb, "of a live device answered " + answer, null);
            }
        }
        return result;
    }

    private static String text(Verb verb, long result) {
        if (result == Call.WOULD_BLOCK) {
            return "would block";
        }
        if (result < 0) {
            return Errno.describe((int) -result);
        }
        return verb == Verb.POLL && result == GONE ? "gone" : "done";
    }

    private static void wrong(
            StressWorker worker, StressedDevice device, Verb verb, String what, Throwable thrown) {
        worker.run()
                .findings()
                .report(
                        Finding.Kind.WRONG_ANSWER,
                        verb.toString(),
                        verb + " of " + device.life().name() + " " + what,
                        () -> thrown == null ? "" : Stacks.of("thrown", thrown));
    }
}

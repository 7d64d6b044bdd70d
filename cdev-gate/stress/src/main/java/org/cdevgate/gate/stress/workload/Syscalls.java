package org.cdevgate.gate.stress.workload;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Verb;
import org.cdevgate.gate.stress.oracle.DeviceLife;
import org.cdevgate.gate.stress.oracle.Finding;
import org.cdevgate.gate.stress.oracle.Stacks;

/** A caller's calls, and whether it may get what it got. */
public final class Syscalls {
    /** The largest argument of an ioctl command, in bytes. */
    static final int MOST_IOCTL = IoctlCommand.MAX_SIZE;

    private static final int GONE = PollEvents.POLLERR | PollEvents.POLLHUP;

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
    public static long call(Worker worker, Device device, OpenFile file, Verb verb, Body body) {
        DeviceLife life = device.life();
        Run run = worker.run();
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
        if (result == Call.WOULD_BLOCK) {
            run.counts().add(verb + ": would block");
            if (over) {
                wrong(worker, device, verb, "would block after the removal", null);
            }
        } else if (result >= 0) {
            boolean gone = verb == Verb.POLL && result == GONE;
            run.counts().add(verb + (gone ? ": gone" : ": done"));
            if (over && !gone) {
                wrong(worker, device, verb, "answered " + result + " after the removal", null);
            }
        } else {
            int errno = (int) -result;
            run.counts().add(verb + ": " + Errno.describe(errno));
            boolean noDevice = errno == Errno.ENODEV.number();
            if (noDevice && !removalCalled) {
                run.counts().add("ended by a removal");
            }
            // Sleeping or not, the removal's answer is the only one once a remover has returned.
            if (over
                    ? !noDevice
                    : !(noDevice && life.isRemovalCalled())
                            && !run.plan().answers.allow(worker, device, file, errno)) {
                wrong(
                        worker,
                        device,
                        verb,
                        "answered "
                                + Errno.describe(errno)
                                + (over ? " after the removal" : " of a live device"),
                        null);
            }
        }
        return result;
    }

    private static void wrong(
            Worker worker, Device device, Verb verb, String what, Throwable thrown) {
        worker.run()
                .findings()
                .report(
                        Finding.Kind.WRONG_ANSWER,
                        verb.toString(),
                        verb + " of " + device.life().name() + " " + what,
                        () -> thrown == null ? "" : Stacks.of("thrown", thrown));
    }
}

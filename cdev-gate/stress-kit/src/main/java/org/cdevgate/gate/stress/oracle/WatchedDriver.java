package org.cdevgate.gate.stress.oracle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.function.Predicate;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/**
 * A driver with the oracle between it and the gate: tells the {@link DeviceLife} of each verb's
 * beginning and end, and judges what the verb answers. Changes nothing.
 */
public class WatchedDriver implements FileOperations {
    private static final int MOST_EVENTS = 0xffff; // poll(2) returns them in a short

    private interface Run {
        long run() throws ErrnoException, IOException, InterruptedException;
    }

    private final FileOperations driver;
    private final DeviceLife life;
    private final Predicate<Throwable> expected;

    /**
     * @param expected what verbs may throw beside errnos and interrupts
     */
    public WatchedDriver(FileOperations driver, DeviceLife life, Predicate<Throwable> expected) {
        this.driver = driver;
        this.life = life;
        this.expected = expected;
    }

    private long watch(Verb verb, OpenFile file, long most, boolean sleeps, Run run)
            throws ErrnoException, IOException, InterruptedException {
        life.began(verb, file);
        try {
            long result = run.run();
            if ((result < 0 || result > most) && !(sleeps && result == Call.WOULD_BLOCK)) {
                outOfRange(verb, result, most);
            } else if (verb == Verb.OPEN && result == 0) {
                life.opened(file);
            }
            return result;
        } catch (Throwable thrown) {
            judge(verb, thrown);
            throw thrown;
        } finally {
            life.ended(verb, file);
        }
    }

    private void outOfRange(Verb verb, long result, long most) {
        life.findings()
                .report(
                        Finding.Kind.RESULT_OUT_OF_RANGE,
                        verb.toString(),
                        verb
                                + " of "
                                + life.name()
                                + " returned "
                                + result
                                + "; the caller gets EIO. Allowed is 0"
                                + (most == 0 ? "" : " to " + most)
                                + ", or an ErrnoException");
    }

    private void judge(Verb verb, Throwable thrown) {
        if (thrown instanceof ErrnoException answer) {
            if (answer.errno() == Errno.ENOSYS.number()) {
                unexpected(verb, thrown, "ENOSYS, which no node may answer: use EINVAL or ENOTTY");
            }
            return;
        }
        if (thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || expected.test(thrown)) {
            return;
        }
        unexpected(verb, thrown, thrown + "; the caller gets EIO");
    }

    private void unexpected(Verb verb, Throwable thrown, String what) {
        life.findings()
                .report(
                        Finding.Kind.UNEXPECTED_EXCEPTION,
                        verb + " " + thrown.getClass().getName(),
                        verb + " of " + life.name() + " threw " + what,
                        () -> Stacks.of("thrown", thrown));
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) watch(Verb.OPEN, file, 0, true, () -> driver.open(file, call));
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        life.releasing(file);
        watch(
                Verb.RELEASE,
                file,
                0,
                false,
                () -> {
                    driver.release(file, call);
                    return 0;
                });
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) watch(Verb.FLUSH, file, 0, true, () -> driver.flush(file, call));
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                watch(
                        Verb.READ,
                        file,
                        dst.limit(),
                        true,
                        () -> driver.read(file, dst, position, call));
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                watch(
                        Verb.WRITE,
                        file,
                        src.limit(),
                        true,
                        () -> driver.write(file, src, position, call));
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watch(
                Verb.LLSEEK,
                file,
                Long.MAX_VALUE,
                false,
                () -> driver.llseek(file, offset, whence, call));
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                watch(
                        Verb.IOCTL,
                        file,
                        Integer.MAX_VALUE,
                        true,
                        () -> driver.ioctl(file, command, argument, data, call));
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) watch(Verb.POLL, file, MOST_EVENTS, false, () -> driver.poll(file, call));
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) watch(Verb.MMAP, file, 0, true, () -> driver.mmap(file, offset, length, call));
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) watch(Verb.FSYNC, file, 0, true, () -> driver.fsync(file, dataOnly, call));
    }
}

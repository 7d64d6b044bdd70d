package org.cdevgate.drivers.filter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/**
 * A driver behind filters, the first of which sees a call first. Release is not filtered: nobody
 * waits for its answer, and a driver that missed one would leak.
 */
public final class FilteredDriver implements FileOperations {
    private record Asleep(OpenFile file, Verb verb, int command) {}

    private final FileOperations driver;
    private final List<CallFilter> filters;

    /** By thread id: requests that sleep without a thread and will be run again. */
    private final Map<Integer, Asleep> asleep = new ConcurrentHashMap<>();

    /** Puts filters before a driver. */
    public FilteredDriver(FileOperations driver, CallFilter... filters) {
        this(driver, List.of(filters));
    }

    /** Puts filters before a driver. */
    public FilteredDriver(FileOperations driver, List<CallFilter> filters) {
        this.driver = Objects.requireNonNull(driver, "driver");
        this.filters = List.copyOf(filters);
    }

    private long filtered(OpenFile file, Call call, int command, FilteredCall.Target target)
            throws ErrnoException, IOException, InterruptedException {
        int tid = call.tid();
        Asleep before = tid < 0 ? null : asleep.remove(tid);
        Asleep now = new Asleep(file, call.verb(), command);
        FilteredCall filtered =
                new FilteredCall(file, call, command, now.equals(before), filters, target);
        long result = filtered.proceed();
        if (result == Call.WOULD_BLOCK && tid >= 0 && !call.isNonBlocking()) {
            asleep.put(tid, now);
        }
        return result;
    }

    private static ByteBuffer bounded(ByteBuffer buffer, int most) {
        if (buffer.limit() > most) {
            buffer.limit(most);
        }
        return buffer;
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(file, call, 0, most -> driver.open(file, call));
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        driver.release(file, call);
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(file, call, 0, most -> driver.flush(file, call));
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                filtered(
                        file,
                        call,
                        0,
                        most -> driver.read(file, bounded(dst, most), position, call));
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                filtered(
                        file,
                        call,
                        0,
                        most -> driver.write(file, bounded(src, most), position, call));
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return filtered(file, call, 0, most -> driver.llseek(file, offset, whence, call));
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                filtered(
                        file,
                        call,
                        command,
                        most -> driver.ioctl(file, command, argument, data, call));
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(file, call, 0, most -> driver.poll(file, call));
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(file, call, 0, most -> driver.mmap(file, offset, length, call));
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(file, call, 0, most -> driver.fsync(file, dataOnly, call));
    }
}

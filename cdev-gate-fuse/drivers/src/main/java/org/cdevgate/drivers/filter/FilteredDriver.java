package org.cdevgate.drivers.filter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/**
 * A driver behind filters, the first of which sees a call first. Release is not filtered: nobody
 * waits for its answer, and a driver that missed one would leak.
 */
public final class FilteredDriver implements FileOperations {
    private final FileOperations driver;
    private final List<CallFilter> filters;

    /** Puts filters before a driver. */
    public FilteredDriver(FileOperations driver, CallFilter... filters) {
        this(driver, List.of(filters));
    }

    /** Puts filters before a driver. */
    public FilteredDriver(FileOperations driver, List<CallFilter> filters) {
        this.driver = Objects.requireNonNull(driver, "driver");
        this.filters = List.copyOf(filters);
    }

    private long filtered(Call call, int command, FilteredCall.Target target)
            throws ErrnoException, IOException, InterruptedException {
        return new FilteredCall(call, command, filters, target).proceed();
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
        return (int) filtered(call, 0, most -> driver.open(file, call));
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        driver.release(file, call);
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(call, 0, most -> driver.flush(file, call));
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                filtered(call, 0, most -> driver.read(file, bounded(dst, most), position, call));
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                filtered(call, 0, most -> driver.write(file, bounded(src, most), position, call));
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return filtered(call, 0, most -> driver.llseek(file, offset, whence, call));
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int)
                filtered(call, command, most -> driver.ioctl(file, command, argument, data, call));
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(call, 0, most -> driver.poll(file, call));
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(call, 0, most -> driver.mmap(file, offset, length, call));
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return (int) filtered(call, 0, most -> driver.fsync(file, dataOnly, call));
    }
}

package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/**
 * Stands between the gate and the oracle: gives each open file data with a destructor, which the
 * oracle looks at, and loses a release where that is asked for.
 */
final class CheckedDriver implements FileOperations {
    private final FileOperations watched;
    private final Memory memory;
    private final Sabotage sabotage;
    private final AtomicInteger releases = new AtomicInteger();

    /** Gives an open file its data. */
    interface Memory {
        void give(OpenFile file);
    }

    CheckedDriver(FileOperations watched, Memory memory, Sabotage sabotage) {
        this.watched = watched;
        this.memory = memory;
        this.sabotage = sabotage;
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        int result = watched.open(file, call);
        if (result == 0) {
            memory.give(file);
        }
        return result;
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        if (sabotage == Sabotage.LOST_RELEASE && releases.incrementAndGet() % 5 == 0) {
            return;
        }
        watched.release(file, call);
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.flush(file, call);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.read(file, dst, position, call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.write(file, src, position, call);
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.llseek(file, offset, whence, call);
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.ioctl(file, command, argument, data, call);
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.poll(file, call);
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.mmap(file, offset, length, call);
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return watched.fsync(file, dataOnly, call);
    }
}

package org.cdevgate.fuse.faults.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Verb;

/** Keeps a driver's books: stands between the gate and the driver. */
final class CheckedDriver implements FileOperations {
    private final FileOperations driver;
    private final DeviceLife life;
    private final Sabotage sabotage;
    private final AtomicInteger releases = new AtomicInteger();

    CheckedDriver(FileOperations driver, DeviceLife life, Sabotage sabotage) {
        this.driver = driver;
        this.life = life;
        this.sabotage = sabotage;
    }

    private interface Run {
        int run() throws ErrnoException, IOException, InterruptedException;
    }

    private int within(Verb verb, OpenFile file, Run run)
            throws ErrnoException, IOException, InterruptedException {
        life.enter(verb, file);
        try {
            return run.run();
        } finally {
            life.exit(verb, file);
        }
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(
                Verb.OPEN,
                file,
                () -> {
                    int result = driver.open(file, call);
                    if (result == 0) {
                        life.opened(file);
                        file.setPrivateData(file, life::destructed);
                    }
                    return result;
                });
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        if (sabotage == Sabotage.LOST_RELEASE && releases.incrementAndGet() % 5 == 0) {
            return;
        }
        within(
                Verb.RELEASE,
                file,
                () -> {
                    life.released(file);
                    driver.release(file, call);
                    return 0;
                });
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.FLUSH, file, () -> driver.flush(file, call));
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.READ, file, () -> driver.read(file, dst, position, call));
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.WRITE, file, () -> driver.write(file, src, position, call));
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        life.enter(Verb.LLSEEK, file);
        try {
            return driver.llseek(file, offset, whence, call);
        } finally {
            life.exit(Verb.LLSEEK, file);
        }
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.IOCTL, file, () -> driver.ioctl(file, command, argument, data, call));
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.POLL, file, () -> driver.poll(file, call));
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.MMAP, file, () -> driver.mmap(file, offset, length, call));
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return within(Verb.FSYNC, file, () -> driver.fsync(file, dataOnly, call));
    }
}

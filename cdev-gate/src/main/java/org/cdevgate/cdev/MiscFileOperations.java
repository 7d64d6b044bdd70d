package org.cdevgate.cdev;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;

/** A driver's verbs, with each open file keeping the device. */
final class MiscFileOperations implements FileOperations {
    private final MiscDevice<?> device;
    private final FileOperations driver;

    MiscFileOperations(MiscDevice<?> device, FileOperations driver) {
        this.device = device;
        this.driver = Objects.requireNonNull(driver, "the driver");
    }

    @Override
    public int open(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        int result = driver.open(file, call);
        if (result == 0) {
            device.get();
        }
        return result;
    }

    @Override
    public void release(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        try {
            driver.release(file, call);
        } finally {
            device.put();
        }
    }

    @Override
    public int flush(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.flush(file, call);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.read(file, dst, position, call);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.write(file, src, position, call);
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.llseek(file, offset, whence, call);
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.ioctl(file, command, argument, data, call);
    }

    @Override
    public int poll(OpenFile file, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.poll(file, call);
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.mmap(file, offset, length, call);
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call)
            throws ErrnoException, IOException, InterruptedException {
        return driver.fsync(file, dataOnly, call);
    }
}

package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.Seek;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;

/** A seekable device of a fixed size. */
public final class DiskDriver extends CountingDriver {
    private final byte[] content;
    private final boolean mappable;

    /**
     * Makes a disk.
     *
     * @param content what it holds at first; its size for ever
     * @param mappable whether it may be mapped
     */
    public DiskDriver(String content, boolean mappable) {
        this.content = content.getBytes(StandardCharsets.US_ASCII);
        this.mappable = mappable;
    }

    /** A gate to this disk that knows its size. */
    public FopsGate gate(String name) {
        return FopsGate.builder(name, this).seekable(() -> content.length).build();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        int count = fitting(position, dst.remaining());
        synchronized (content) {
            dst.put(content, (int) Math.min(position, content.length), count);
        }
        return count;
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        int count = fitting(position, src.remaining());
        if (count == 0) {
            throw Errno.ENOSPC.exception();
        }
        synchronized (content) {
            src.get(content, (int) position, count);
        }
        return count;
    }

    @Override
    public long llseek(OpenFile file, long offset, int whence, Call call) throws ErrnoException {
        if (offset >= content.length) {
            throw Errno.ENXIO.exception();
        }
        return whence == Seek.SEEK_DATA ? offset : content.length; // the only hole is at the end
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) {
        return 0;
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) throws ErrnoException {
        if (!mappable) {
            throw Errno.ENODEV.exception();
        }
        return 0;
    }

    private int fitting(long position, int count) {
        return (int) Math.max(0, Math.min(count, content.length - position));
    }

    /** What it holds now. */
    public String content() {
        synchronized (content) {
            return new String(content, StandardCharsets.US_ASCII);
        }
    }
}

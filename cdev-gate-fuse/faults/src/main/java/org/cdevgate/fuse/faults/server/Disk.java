package org.cdevgate.fuse.faults.server;

import java.nio.ByteBuffer;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** A seekable device that can be mapped; each of its words shows the generation. */
final class Disk extends StampedDriver {
    /** Its size in bytes. */
    static final int BYTES = 8192;

    Disk(long generation) {
        super(generation);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        long left = Math.max(0, BYTES - position);
        return stamp(dst, (int) Math.min(dst.remaining(), left) / WORD);
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call) {
        return src.remaining();
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws org.cdevgate.abi.ErrnoException {
        return quickIoctl(command, data);
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) {
        return 0;
    }
}

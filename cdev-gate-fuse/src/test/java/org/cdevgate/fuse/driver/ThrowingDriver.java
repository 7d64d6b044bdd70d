package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;

/** A driver with a bug in each verb but open. */
public final class ThrowingDriver extends CountingDriver {
    private static IllegalStateException bug(String verb) {
        return new IllegalStateException("a bug in " + verb + ", made on purpose");
    }

    @Override
    public void release(OpenFile file, Call call) {
        super.release(file, call);
        throw bug("release");
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        throw bug("read");
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call) {
        throw bug("write");
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call) {
        throw bug("ioctl");
    }

    @Override
    public int poll(OpenFile file, Call call) {
        throw bug("poll");
    }

    @Override
    public int fsync(OpenFile file, boolean dataOnly, Call call) {
        throw bug("fsync");
    }
}

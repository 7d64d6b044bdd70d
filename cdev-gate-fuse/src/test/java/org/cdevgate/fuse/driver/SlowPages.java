package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/** Memory to be mapped whose pages do not come before they are let; read(2) and write(2) work. */
public final class SlowPages extends CountingDriver {
    /** Bytes of the memory. */
    public static final int SIZE = 1 << 16;

    private final WaitQueue arrival = new WaitQueue("arrival of a page");
    private volatile boolean here;

    /** Lets the pages come. */
    public void arrive() {
        here = true;
        arrival.wakeUpAll();
    }

    @Override
    public int mmap(OpenFile file, long offset, long length, Call call) {
        return 0;
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (call.isMappedPage() && !here) {
            return call.wouldBlock(arrival);
        }
        int count = (int) Math.max(0, Math.min(dst.remaining(), SIZE - position));
        dst.put(new byte[count]);
        return count;
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call)
            throws ErrnoException {
        if (position >= SIZE) {
            throw Errno.ENOSPC.exception();
        }
        int count = (int) Math.min(src.remaining(), SIZE - position);
        src.position(src.position() + count);
        return count;
    }
}

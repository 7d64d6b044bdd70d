package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/** A slow terminal: its write takes all, however often it has to wait for room on the line. */
public final class TeletypeDriver extends CountingDriver {
    private final WaitQueue space = new WaitQueue("space");

    // Guarded by this.
    private final StringBuilder sent = new StringBuilder();
    private int room;

    @Override
    public synchronized int write(OpenFile file, ByteBuffer src, long position, Call call) {
        int done = call.progress();
        while (done < src.limit() && room > 0) {
            sent.append((char) src.get(done++));
            room--;
        }
        if (done == src.limit()) {
            return done;
        }
        call.progress(done);
        return call.wouldBlock(space);
    }

    /** So many more bytes can go. */
    public void makeRoom(int bytes) {
        synchronized (this) {
            room += bytes;
        }
        space.wakeUp();
    }

    /** All that has gone over the line. */
    public synchronized String sent() {
        return sent.toString();
    }
}

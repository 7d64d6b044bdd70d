package org.cdevgate.drivers;

import java.nio.ByteBuffer;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;
import org.jspecify.annotations.Nullable;

/**
 * Holds one message. A read of the empty box sleeps, and so does a write to the full one; a read
 * that is too small for the message loses its end, as with a datagram.
 */
public final class MessageBox implements FileOperations {
    private final WaitQueue full = new WaitQueue("message");
    private final WaitQueue empty = new WaitQueue("empty box");
    private byte @Nullable [] message;

    @Override
    public synchronized int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        if (message == null) {
            return call.wouldBlock(full);
        }
        int count = Math.min(message.length, dst.remaining());
        dst.put(message, 0, count);
        message = null;
        empty.wakeUp();
        return count;
    }

    @Override
    public synchronized int write(OpenFile file, ByteBuffer src, long position, Call call) {
        if (message != null) {
            return call.wouldBlock(empty);
        }
        byte[] taken = new byte[src.remaining()];
        src.get(taken);
        message = taken;
        full.wakeUp();
        return taken.length;
    }

    @Override
    public synchronized int poll(OpenFile file, Call call) {
        call.pollWait(full);
        call.pollWait(empty);
        return message == null
                ? PollEvents.POLLOUT | PollEvents.POLLWRNORM
                : PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }
}

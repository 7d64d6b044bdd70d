package org.cdevgate.examples;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * The quickstart driver: what is written can be read again, by whoever comes first. A read of the
 * empty buffer and a write to the full one sleep. Nothing in here is about removal.
 */
public final class EchoDriver implements FileOperations {
    /** An ioctl that returns the number of bytes that can be read: {@code _IOR('e', 1, 4)}. */
    public static final int ECHO_LENGTH = IoctlCommand.ior('e', 1, 4);

    private final ByteBuffer bytes = ByteBuffer.allocate(4096); // what is stored: 0 to position
    private final WaitQueue readable = new WaitQueue("readable");
    private final WaitQueue writable = new WaitQueue("writable");

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        synchronized (bytes) {
            if (bytes.position() == 0) {
                return call.wouldBlock(readable);
            }
            int count = Math.min(bytes.flip().remaining(), dst.remaining());
            dst.put(0, bytes, 0, count);
            bytes.position(count).compact();
            writable.wakeUp();
            return count;
        }
    }

    @Override
    public int write(OpenFile file, ByteBuffer src, long position, Call call) {
        synchronized (bytes) {
            if (!bytes.hasRemaining()) {
                return call.wouldBlock(writable);
            }
            int count = Math.min(bytes.remaining(), src.remaining());
            bytes.put(src.limit(count));
            readable.wakeUp();
            return count;
        }
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command != ECHO_LENGTH) {
            throw Errno.ENOTTY.exception();
        }
        synchronized (bytes) {
            data.putInt(0, bytes.position());
        }
        return 0;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(readable);
        call.pollWait(writable);
        synchronized (bytes) {
            int events = bytes.position() > 0 ? PollEvents.POLLIN | PollEvents.POLLRDNORM : 0;
            return bytes.hasRemaining()
                    ? events | PollEvents.POLLOUT | PollEvents.POLLWRNORM
                    : events;
        }
    }
}

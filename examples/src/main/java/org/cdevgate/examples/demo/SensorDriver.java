package org.cdevgate.examples.demo;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.IoctlCommand;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.WaitQueue;

/**
 * A sensor that never has an event: reads and polls sleep for ever, an ioctl answers at once. It
 * counts its opens and releases; removal is no business of its own.
 */
final class SensorDriver implements FileOperations {
    /** Returns how often it was asked: {@code _IOR('s', 1, 4)}. */
    static final int SENSOR_GET = IoctlCommand.ior('s', 1, 4);

    private final WaitQueue event = new WaitQueue("event");
    private final AtomicInteger asked = new AtomicInteger();
    private final Map<OpenFile, AtomicInteger> releases = new ConcurrentHashMap<>();

    @Override
    public int open(OpenFile file, Call call) {
        releases.put(file, new AtomicInteger());
        return 0;
    }

    @Override
    public void release(OpenFile file, Call call) {
        releases.get(file).incrementAndGet();
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
        return call.wouldBlock(event);
    }

    @Override
    public int ioctl(OpenFile file, int command, long argument, ByteBuffer data, Call call)
            throws ErrnoException {
        if (command != SENSOR_GET) {
            throw Errno.ENOTTY.exception();
        }
        data.putInt(0, asked.incrementAndGet());
        return 0;
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(event);
        return 0;
    }

    int asked() {
        return asked.get();
    }

    int opens() {
        return releases.size();
    }

    /** Whether each file that was opened was released exactly once. */
    boolean eachReleasedOnce() {
        return releases.values().stream().allMatch(count -> count.get() == 1);
    }
}

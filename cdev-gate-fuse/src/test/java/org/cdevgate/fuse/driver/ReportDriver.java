package org.cdevgate.fuse.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.PollEvents;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.UnreadQueue;
import org.cdevgate.gate.WaitQueue;

/** Gives each open file every report that comes while it is open, one per read. */
public final class ReportDriver extends CountingDriver {
    /** Reports that a file holds. */
    public static final int CAPACITY = 64;

    private final Sleep sleep;
    private final WaitQueue readable = new WaitQueue("readable");
    private final Set<OpenFile> files = ConcurrentHashMap.newKeySet();

    /**
     * Makes one without files.
     *
     * @param sleep how its read sleeps
     */
    public ReportDriver(Sleep sleep) {
        this.sleep = sleep;
    }

    @Override
    public int open(OpenFile file, Call call) throws ErrnoException {
        file.setUnread(UnreadQueue.ofRecords(CAPACITY));
        files.add(file);
        return super.open(file, call);
    }

    @Override
    public void release(OpenFile file, Call call) {
        files.remove(file);
        super.release(file, call);
    }

    @Override
    public int read(OpenFile file, ByteBuffer dst, long position, Call call) throws ErrnoException {
        while (true) {
            int count = file.unread().take(dst);
            if (count > 0) {
                return count;
            }
            if (sleep == Sleep.THREADLESS) {
                return call.wouldBlock(readable);
            }
            call.await(readable, () -> !file.unread().isEmpty());
        }
    }

    @Override
    public int poll(OpenFile file, Call call) {
        call.pollWait(readable);
        return file.unread().isEmpty() ? 0 : PollEvents.POLLIN | PollEvents.POLLRDNORM;
    }

    /** A report comes. */
    public void report(String text) {
        put(text);
        readable.wakeUp();
    }

    /** A report comes, and the device goes before its readers are woken. */
    public void put(String text) {
        byte[] report = text.getBytes(StandardCharsets.US_ASCII);
        files.forEach(file -> file.unread().put(report));
    }
}

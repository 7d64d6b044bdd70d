package org.cdevgate.fuse.nodes;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.jspecify.annotations.Nullable;

/** The process behind a request. One per worker, used again for each of its requests. */
final class FuseCaller extends Caller {
    private final Exchange exchange;
    private int tid;
    private int uid;
    private int gid;
    private int flags;
    private @Nullable OpenHandle handle;
    private boolean mappedPage;
    private FuseOpcode opcode = FuseOpcode.UNKNOWN;
    private boolean pointersOf32Bits;

    FuseCaller(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Takes the caller of the exchange's request.
     *
     * @param fileFlags the flags of the open file at the time of the call
     * @param openFile null if it is being opened
     */
    FuseCaller of(FuseRequest request, int fileFlags, @Nullable OpenHandle openFile) {
        tid = request.pid(); // fuse_in_header.pid is a thread's id
        uid = request.uid();
        gid = request.gid();
        flags = fileFlags;
        handle = openFile;
        mappedPage = false;
        opcode = request.opcode();
        pointersOf32Bits =
                opcode == FuseOpcode.IOCTL
                        && (request.ioctlFlags() & FuseConstants.FUSE_IOCTL_32BIT) != 0;
        serves(exchange.owner() instanceof SleepingCall slept ? slept : null);
        return this;
    }

    @Override
    public int tid() {
        return tid;
    }

    @Override
    public int pid() {
        return ProcessOfThread.of(tid);
    }

    @Override
    public int uid() {
        return uid;
    }

    @Override
    public int gid() {
        return gid;
    }

    @Override
    public boolean isNonBlocking(int fileFlags) {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
    }

    /**
     * Another run may go on elsewhere: this worker's caller is not to keep the device till then.
     */
    void handedOver() {
        serves(null);
    }

    /** The request is answered at once, whatever the file's flags say. */
    void mustNotSleep() {
        flags |= OpenFlags.O_NONBLOCK;
    }

    /** The request is of a page that a process has mapped. */
    void ofMappedPage() {
        mappedPage = true;
    }

    @Override
    protected boolean isMappedPage() {
        return mappedPage;
    }

    @Override
    protected boolean is32Bit() {
        return pointersOf32Bits;
    }

    @Override
    protected void copyFromUser(long address, ByteBuffer dst) throws ErrnoException {
        checkIoctl();
        exchange.copyFromCaller(address, dst);
    }

    @Override
    protected void copyToUser(long address, ByteBuffer src) throws ErrnoException {
        checkIoctl();
        exchange.copyToCaller(address, src);
    }

    /**
     * Of ioctl alone it is sure that the calling thread waits for the answer: pages of a mapping
     * are fetched and written back on behalf of threads that go on or end, and asynchronous reads
     * and writes return at once.
     */
    private void checkIoctl() {
        if (opcode != FuseOpcode.IOCTL) {
            throw new UnsupportedOperationException(
                    opcode
                            + " passes no address of the caller's; over FUSE its memory can be"
                            + " accessed in ioctl only, the data of read and write are in the"
                            + " verb's buffer");
        }
    }

    @Override
    protected @Nullable PollWatcher pollWatcher() {
        // Who asks for the first time after this look is told "ready or not" by the driver itself.
        OpenHandle polled = handle;
        return polled != null && polled.isPolled() ? polled : null;
    }

    @Override
    protected boolean sleepsWithoutThread() {
        return true;
    }

    @Override
    protected void beforePark() {
        exchange.parking();
    }
}

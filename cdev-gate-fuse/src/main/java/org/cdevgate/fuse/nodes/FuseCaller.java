package org.cdevgate.fuse.nodes;

import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.gate.Caller;
import org.cdevgate.gate.OpenFile;

/** The process behind a request. One per worker, used again for each of its requests. */
final class FuseCaller extends Caller {
    private final Exchange exchange;
    private int tid;
    private int uid;
    private int gid;
    private int flags;
    private boolean mappedPage;

    FuseCaller(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Takes the caller of the exchange's request.
     *
     * @param fileFlags the flags of the open file at the time of the call
     */
    FuseCaller of(FuseRequest request, int fileFlags) {
        tid = request.pid(); // fuse_in_header.pid is a thread's id
        uid = request.uid();
        gid = request.gid();
        flags = fileFlags;
        mappedPage = false;
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
    public boolean isNonBlocking(OpenFile file) {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
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
    protected boolean sleepsWithoutThread() {
        return true;
    }

    @Override
    protected void beforePark() {
        exchange.parking();
    }
}

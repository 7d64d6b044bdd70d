package org.cdevgate.fuse.nodes;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Requests on open files: each finds its file, passes the gate, and answers what the driver
 * answered. A request that would block is put to sleep and comes here again when it is woken; one
 * that the removal has woken with a result comes for its reply alone. One per worker.
 */
final class FileRequests {
    private final HandleTable handles;
    private final Exchange exchange;
    private final FuseCaller caller;
    private final RequestSleep sleep;

    // Of the request that runs.
    private @Nullable OpenHandle entered;
    private boolean mayBePollers;

    FileRequests(HandleTable handles, Exchange exchange, FuseCaller caller, RequestSleep sleep) {
        this.handles = handles;
        this.exchange = exchange;
        this.caller = caller;
        this.sleep = sleep;
    }

    /** Finds the request's file; {@link #leave} ends what begins here. */
    private OpenHandle enter() throws ErrnoException {
        boolean isOpen = false;
        try {
            OpenHandle handle = handles.get(exchange.request().fh());
            isOpen = handle.enter();
            if (isOpen) {
                entered = handle;
                // Not one that has slept since before the removal.
                mayBePollers = handle.isRemovalHeard() && exchange.owner() == null;
                return handle;
            }
            throw Errno.EBADF.exception();
        } finally {
            if (!isOpen) {
                sleep.neverReached();
            }
        }
    }

    /** The request, if it is one on an open file, gets an errno. */
    void refused() {
        OpenHandle handle = entered;
        if (handle != null && mayBePollers) {
            handle.refused(exchange.request().pid());
        }
    }

    /** The request, if it is one on an open file, has ended, or sleeps. */
    void leave() {
        OpenHandle handle = entered;
        if (handle != null) {
            entered = null;
            handle.exit();
        }
    }

    /** What the removal has answered to this request while it slept; below 0: nothing. */
    private int resultOfSleep() {
        return exchange.owner() instanceof SleepingCall slept ? slept.result() : -1;
    }

    /** The device is going: touching a page is SIGBUS, whatever a read answers. */
    private static void checkNoPage(FuseRequest request) throws ErrnoException {
        if (request.isPageIn()) {
            throw Errno.ENODEV.exception();
        }
    }

    void read() throws ErrnoException {
        FuseRequest request = exchange.request();
        OpenHandle handle = enter();
        if (resultOfSleep() >= 0) {
            checkNoPage(request);
            exchange.replyError(0); // no data: the end of the file
            return;
        }
        sleep.check(handle.device);
        int flags = request.fileFlags();
        handle.lastFlags = flags;
        caller.of(request, flags, handle);
        FopsGate gate = handle.device.gate;
        boolean page = request.isPageIn();
        if (page) {
            if (!mayMap(handle)) {
                return;
            }
            caller.ofMappedPage();
        } else if (handle.goesOn(request)) {
            caller.mustNotSleep();
        }
        int size = Math.min(request.size(), exchange.maxTransfer());
        int result =
                gate.front().read(handle.file, exchange.readData(size), request.offset(), caller);
        if (result == Call.WOULD_BLOCK) {
            sleep.begin(handle.device, handle.file, Verb.READ);
            return;
        }
        if (gate.isRemoving()) {
            checkNoPage(request);
        }
        if (!page && result == request.size()) {
            handle.readInFull(request);
        }
        // The gate has it from the buffer's limit, which a driver that kept the buffer may move.
        exchange.replyAt(
                Exchange.READ_REPLY_OFFSET,
                FuseReply.header(
                        exchange.bytes(),
                        Exchange.READ_REPLY_OFFSET,
                        exchange.unique(),
                        Math.min(result, size)));
    }

    /**
     * Whether the driver allows the page to be mapped; false if the request sleeps. splice(2) and
     * sendfile(2) fetch pages too, and go back to read(2) where they get EINVAL: so that is what a
     * living device says that cannot be mapped, and no stream's data are taken for a page.
     */
    private boolean mayMap(OpenHandle handle) throws ErrnoException {
        FopsGate gate = handle.device.gate;
        if (handle.isMapped() && !gate.isRemoving()) {
            sleep.checkAsPage(gate);
            return true;
        }
        FuseRequest request = exchange.request();
        try {
            if (handle.device.isEndless() && !gate.isRemoving()) {
                throw Errno.EINVAL.exception();
            }
            sleep.checkAsPage(gate);
            if (gate.front().mmap(handle.file, request.offset(), request.size(), caller)
                    == Call.WOULD_BLOCK) {
                sleep.begin(handle.device, handle.file, Verb.MMAP);
                return false;
            }
        } catch (ErrnoException e) {
            boolean refused = e.errno() != Errno.EINTR.number() && !gate.isRemoving();
            throw refused ? Errno.EINVAL.exception() : e;
        }
        handle.mapped();
        return true;
    }

    void write() throws ErrnoException {
        FuseRequest request = exchange.request();
        OpenHandle handle = enter();
        int slept = resultOfSleep();
        if (slept >= 0) {
            replyWritten(Math.min(slept, request.size()));
            return;
        }
        sleep.check(handle.device);
        int flags = request.fileFlags();
        handle.lastFlags = flags;
        caller.of(request, flags, handle);
        if (request.isWriteBack()) {
            sleep.checkAsPage(handle.device.gate);
            caller.ofMappedPage();
        }
        int result =
                handle.device
                        .gate
                        .front()
                        .write(handle.file, exchange.writeData(), request.offset(), caller);
        if (result == Call.WOULD_BLOCK) {
            sleep.begin(handle.device, handle.file, Verb.WRITE);
            return;
        }
        int written = Math.min(result, request.size());
        long end = request.offset() + written;
        replyWritten(written);
        handle.device.writtenTo(end);
    }

    private void replyWritten(int bytes) {
        exchange.reply(
                FuseReply.write(exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), bytes));
    }

    void ioctl() throws ErrnoException {
        FuseRequest request = exchange.request();
        if ((request.ioctlFlags() & FuseConstants.FUSE_IOCTL_DIR) != 0) {
            throw Errno.ENOTTY.exception(); // a folder has no commands, and its fh is no file's
        }
        OpenHandle handle = enter();
        int outSize = request.ioctlOutSize();
        int slept = resultOfSleep();
        if (slept >= 0) {
            exchange.ioctlData(); // what the caller passed, and zeros
            replyIoctl(slept, outSize);
            return;
        }
        sleep.check(handle.device);
        caller.of(request, handle.lastFlags, handle);
        ByteBuffer data = exchange.ioctlData();
        int result =
                handle.device
                        .gate
                        .front()
                        .ioctl(
                                handle.file,
                                request.ioctlCommand(),
                                request.ioctlArgument(),
                                data,
                                caller);
        if (result == Call.WOULD_BLOCK) {
            sleep.begin(handle.device, handle.file, Verb.IOCTL);
            return;
        }
        replyIoctl(result, Math.min(outSize, data.limit()));
    }

    private void replyIoctl(int result, int outSize) {
        exchange.replyAt(
                Exchange.IOCTL_REPLY_OFFSET,
                FuseReply.ioctl(
                        exchange.bytes(),
                        Exchange.IOCTL_REPLY_OFFSET,
                        exchange.unique(),
                        result,
                        outSize));
    }

    /** Answered at once, always: a late answer holds the poller beyond its own timeout. */
    void poll() throws ErrnoException {
        FuseRequest request = exchange.request();
        OpenHandle handle = enter();
        exchange.entering(handle.device.pace);
        caller.of(request, handle.lastFlags, handle);
        boolean waits = (request.pollFlags() & FuseConstants.FUSE_POLL_SCHEDULE_NOTIFY) != 0;
        if (waits) {
            // Before the driver is asked, so that a wake-up or a removal from here on is told.
            handle.polledBy(request.pollHandle(), request.pid());
        }
        int events = handle.device.gate.front().poll(handle.file, caller, waits ? handle : null);
        exchange.reply(
                FuseReply.poll(exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), events));
        if (waits && handle.device.gate.isRemoving()) {
            handle.heardOfRemoval(request.pid());
        }
    }

    void lseek() throws ErrnoException {
        FuseRequest request = exchange.request();
        OpenHandle handle = enter();
        sleep.check(handle.device);
        caller.of(request, handle.lastFlags, handle);
        long position =
                handle.device
                        .gate
                        .front()
                        .llseek(handle.file, request.offset(), request.whence(), caller);
        exchange.reply(
                FuseReply.lseek(
                        exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), position));
    }

    void flush() throws ErrnoException {
        FuseRequest request = exchange.request();
        OpenHandle handle = enter();
        // A kernel that does not know FOPEN_NOFLUSH asks in any case.
        if (!handle.device.flush || resultOfSleep() >= 0) {
            exchange.replyError(0);
            return;
        }
        sleep.check(handle.device);
        caller.of(request, handle.lastFlags, handle);
        if (handle.device.gate.front().flush(handle.file, caller) == Call.WOULD_BLOCK) {
            sleep.begin(handle.device, handle.file, Verb.FLUSH);
            return;
        }
        exchange.replyError(0);
    }

    void fsync() throws ErrnoException {
        FuseRequest request = exchange.request();
        OpenHandle handle = enter();
        if (resultOfSleep() >= 0) {
            exchange.replyError(0);
            return;
        }
        sleep.check(handle.device);
        caller.of(request, handle.lastFlags, handle);
        boolean dataOnly = (request.fsyncFlags() & FuseConstants.FUSE_FSYNC_FDATASYNC) != 0;
        if (handle.device.gate.front().fsync(handle.file, dataOnly, caller) == Call.WOULD_BLOCK) {
            sleep.begin(handle.device, handle.file, Verb.FSYNC);
            return;
        }
        exchange.replyError(0);
    }
}

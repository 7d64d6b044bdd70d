package org.cdevgate.fuse.nodes;

import java.nio.ByteBuffer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.protocol.FuseConstants;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.HeldRequest;
import org.cdevgate.fuse.session.Notifier;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Verb;

/**
 * Requests on open files: each finds its file, passes the gate, and answers what the driver
 * answered. A request that would block is put to sleep and comes here again when it is woken. One
 * per worker.
 */
final class FileRequests {
    private final NodeTree tree;
    private final HandleTable handles;
    private final Notifier notifier;
    private final Exchange exchange;
    private final FuseCaller caller;

    FileRequests(NodeTree tree, HandleTable handles, Notifier notifier, Exchange exchange) {
        this.tree = tree;
        this.handles = handles;
        this.notifier = notifier;
        this.exchange = exchange;
        this.caller = new FuseCaller(exchange);
    }

    void open() throws ErrnoException {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (!(node instanceof Device device)) {
            neverReached();
            throw (node == null ? Errno.ENODEV : Errno.EISDIR).exception();
        }
        checkMaySleep(device);
        awaitReleases(device);
        FopsGate gate = device.gate;
        caller.of(request, request.openFlags(), null);
        // Run again after it slept, it is still the same opening.
        OpenFile file =
                exchange.owner() instanceof SleepingCall sleeping
                        ? sleeping.file()
                        : gate.newFile(request.openFlags(), caller, device.minor);
        try {
            if (gate.open(file, caller) == Call.WOULD_BLOCK) {
                sleep(device, file, Verb.OPEN);
                return;
            }
        } catch (ErrnoException e) {
            gate.close(file);
            throw e;
        }
        // From here on the driver's release belongs to it, whatever fails.
        long fh = publish(device, file);
        if (fh == 0) {
            exchange.replyError(Errno.ENODEV.number()); // the connection ended meanwhile
            return;
        }
        boolean truncates = (request.openFlags() & OpenFlags.O_TRUNC) != 0;
        int length =
                FuseReply.open(
                        exchange.bytes(),
                        Exchange.REPLY_OFFSET,
                        exchange.unique(),
                        fh,
                        device.openFlags());
        if (exchange.reply(length) != 0) {
            close(fh); // nobody waits for it any more, so no RELEASE will come
        } else if (truncates) {
            device.truncated();
        }
    }

    /** The fh of a file that the driver has opened; 0 if it was closed again. */
    private long publish(Device device, OpenFile file) {
        OpenHandle handle = null;
        long fh = 0;
        try {
            handle = new OpenHandle(device, exchange.request().nodeId(), file, notifier);
            device.handles.add(handle);
            fh = handles.add(handle);
        } finally {
            if (fh == 0 && handle != null) {
                handle.close();
            } else if (fh == 0) {
                file.gate().close(file);
            }
        }
        return fh;
    }

    void release() {
        OpenHandle handle = handles.remove(exchange.request().fh());
        if (handle != null) {
            release(handle);
        }
        exchange.replyError(0);
    }

    private void release(OpenHandle handle) {
        Closings closings = null;
        try {
            closings = handle.device.closingsForRelease();
            closings.begin(handle); // before another thread reads what may be an open
            exchange.entering(handle.device.pace);
        } finally {
            try {
                handle.close(); // also without memory: nobody else finds the file any more
            } finally {
                if (closings != null) {
                    closings.end(handle);
                }
            }
        }
    }

    /** Who closed the device before this opening finds it released. */
    private void awaitReleases(Device device) throws ErrnoException {
        Closings closings = device.closings();
        if (closings == null || !closings.isAny() || exchange.owner() != null) {
            return; // none, or it has waited before it slept
        }
        exchange.parking();
        try {
            closings.awaitEarlier(device.gate::isRemoving);
        } catch (InterruptedException e) {
            throw Errno.EINTR.exception();
        }
    }

    private void close(long fh) {
        OpenHandle handle = handles.remove(fh);
        if (handle != null) {
            handle.close();
        }
    }

    /** A request on an open file. */
    void onFile() throws ErrnoException {
        FuseRequest request = exchange.request();
        if (isOfDirectory(request)) {
            throw Errno.ENOTTY.exception();
        }
        OpenHandle handle = enter(request.fh());
        boolean mayBePollers = false;
        try {
            // Not one that has slept since before the removal.
            mayBePollers = handle.isRemovalHeard() && exchange.owner() == null;
            if (exchange.owner() instanceof SleepingCall slept && slept.result() >= 0) {
                replyResult(slept.result());
                return;
            }
            switch (request.opcode()) {
                case FuseOpcode.READ -> read(handle);
                case FuseOpcode.WRITE -> write(handle);
                case FuseOpcode.IOCTL -> ioctl(handle);
                case FuseOpcode.POLL -> poll(handle);
                case FuseOpcode.LSEEK -> lseek(handle);
                case FuseOpcode.FLUSH -> flush(handle);
                case FuseOpcode.FSYNC -> fsync(handle);
                default -> throw Errno.ENOSYS.exception();
            }
        } catch (ErrnoException e) {
            if (mayBePollers) {
                handle.refused(request.pid());
            }
            throw e;
        } finally {
            handle.exit();
        }
    }

    private OpenHandle enter(long fh) throws ErrnoException {
        boolean entered = false;
        try {
            OpenHandle handle = handles.get(fh);
            entered = handle.enter();
            if (entered) {
                return handle;
            }
            throw Errno.EBADF.exception();
        } finally {
            if (!entered) {
                neverReached();
            }
        }
    }

    /** A request that was woken does not come to its driver again: its wake-up goes to another. */
    private void neverReached() {
        if (exchange.owner() instanceof SleepingCall slept) {
            slept.dropped();
        }
    }

    /** An ioctl on a folder, which has no commands; its fh is no file's. */
    private static boolean isOfDirectory(FuseRequest request) {
        return request.opcode() == FuseOpcode.IOCTL
                && (request.ioctlFlags() & FuseConstants.FUSE_IOCTL_DIR) != 0;
    }

    /** The removal has answered a request that slept, with a result. */
    private void replyResult(int result) throws ErrnoException {
        FuseRequest request = exchange.request();
        switch (request.opcode()) {
            case FuseOpcode.WRITE -> replyWritten(Math.min(result, request.size()));
            case FuseOpcode.IOCTL -> {
                int outSize = request.ioctlOutSize();
                exchange.ioctlData(); // what the caller passed, and zeros
                replyIoctl(result, outSize);
            }
            case FuseOpcode.READ -> {
                checkNoPage(request);
                exchange.replyError(0); // no data: the end of the file
            }
            case FuseOpcode.FLUSH, FuseOpcode.FSYNC -> exchange.replyError(0);
            default -> throw Errno.EIO.exception(); // no other sleeps and has a result
        }
    }

    /** The device is going: touching a page is SIGBUS, whatever a read answers. */
    private static void checkNoPage(FuseRequest request) throws ErrnoException {
        if (request.isPageIn()) {
            throw Errno.ENODEV.exception();
        }
    }

    private void read(OpenHandle handle) throws ErrnoException {
        FuseRequest request = exchange.request();
        checkMaySleep(handle.device);
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
        int result = gate.read(handle.file, exchange.readData(size), request.offset(), caller);
        if (result == Call.WOULD_BLOCK) {
            sleep(handle.device, handle.file, Verb.READ);
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
            checkMaySleepAsPage(gate);
            return true;
        }
        FuseRequest request = exchange.request();
        try {
            if (handle.device.isEndless() && !gate.isRemoving()) {
                throw Errno.EINVAL.exception();
            }
            checkMaySleepAsPage(gate);
            if (gate.mmap(handle.file, request.offset(), request.size(), caller)
                    == Call.WOULD_BLOCK) {
                sleep(handle.device, handle.file, Verb.MMAP);
                return false;
            }
        } catch (ErrnoException e) {
            boolean refused = e.errno() != Errno.EINTR.number() && !gate.isRemoving();
            throw refused ? Errno.EINVAL.exception() : e;
        }
        handle.mapped();
        return true;
    }

    private void write(OpenHandle handle) throws ErrnoException {
        FuseRequest request = exchange.request();
        checkMaySleep(handle.device);
        int flags = request.fileFlags();
        handle.lastFlags = flags;
        caller.of(request, flags, handle);
        if (request.isWriteBack()) {
            checkMaySleepAsPage(handle.device.gate);
            caller.ofMappedPage();
        }
        int result =
                handle.device.gate.write(
                        handle.file, exchange.writeData(), request.offset(), caller);
        if (result == Call.WOULD_BLOCK) {
            sleep(handle.device, handle.file, Verb.WRITE);
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

    private void ioctl(OpenHandle handle) throws ErrnoException {
        FuseRequest request = exchange.request();
        checkMaySleep(handle.device);
        caller.of(request, handle.lastFlags, handle);
        int outSize = request.ioctlOutSize();
        ByteBuffer data = exchange.ioctlData();
        int result =
                handle.device.gate.ioctl(
                        handle.file, request.ioctlCommand(), request.ioctlArgument(), data, caller);
        if (result == Call.WOULD_BLOCK) {
            sleep(handle.device, handle.file, Verb.IOCTL);
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
    private void poll(OpenHandle handle) throws ErrnoException {
        FuseRequest request = exchange.request();
        exchange.entering(handle.device.pace);
        caller.of(request, handle.lastFlags, handle);
        boolean waits = (request.pollFlags() & FuseConstants.FUSE_POLL_SCHEDULE_NOTIFY) != 0;
        if (waits) {
            // Before the driver is asked, so that a wake-up or a removal from here on is told.
            handle.polledBy(request.pollHandle(), request.pid());
        }
        int events = handle.device.gate.poll(handle.file, caller, waits ? handle : null);
        exchange.reply(
                FuseReply.poll(exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), events));
        if (waits && handle.device.gate.isRemoving()) {
            handle.heardOfRemoval(request.pid());
        }
    }

    private void lseek(OpenHandle handle) throws ErrnoException {
        FuseRequest request = exchange.request();
        checkMaySleep(handle.device);
        caller.of(request, handle.lastFlags, handle);
        long position =
                handle.device.gate.llseek(handle.file, request.offset(), request.whence(), caller);
        exchange.reply(
                FuseReply.lseek(
                        exchange.bytes(), Exchange.REPLY_OFFSET, exchange.unique(), position));
    }

    private void flush(OpenHandle handle) throws ErrnoException {
        if (!handle.device.flush) {
            exchange.replyError(0); // a kernel that does not know FOPEN_NOFLUSH asks all the same
            return;
        }
        FuseRequest request = exchange.request();
        checkMaySleep(handle.device);
        caller.of(request, handle.lastFlags, handle);
        if (handle.device.gate.flush(handle.file, caller) == Call.WOULD_BLOCK) {
            sleep(handle.device, handle.file, Verb.FLUSH);
            return;
        }
        exchange.replyError(0);
    }

    private void fsync(OpenHandle handle) throws ErrnoException {
        FuseRequest request = exchange.request();
        checkMaySleep(handle.device);
        caller.of(request, handle.lastFlags, handle);
        boolean dataOnly = (request.fsyncFlags() & FuseConstants.FUSE_FSYNC_FDATASYNC) != 0;
        if (handle.device.gate.fsync(handle.file, dataOnly, caller) == Call.WOULD_BLOCK) {
            sleep(handle.device, handle.file, Verb.FSYNC);
            return;
        }
        exchange.replyError(0);
    }

    private void checkMaySleep(Device device) throws ErrnoException {
        if (!exchange.maySleep(device.share)) {
            throw Errno.ENOMEM.exception();
        }
        exchange.entering(device.pace);
    }

    /** One that is going is not asked any more. */
    private void checkMaySleepAsPage(FopsGate gate) throws ErrnoException {
        if (!gate.isRemoving() && !exchange.maySleepAsPage()) {
            throw Errno.ENOMEM.exception();
        }
    }

    /**
     * The request goes to sleep on the queue that the verb named.
     *
     * @throws ErrnoException ENOMEM if there is no room for it, which only the first of its runs
     *     can find: no wake-up was meant for it
     */
    private void sleep(Device device, OpenFile file, Verb verb) throws ErrnoException {
        SleepingCall sleeper = new SleepingCall(file, verb);
        HeldRequest held = exchange.hold(sleeper);
        if (held == null) {
            throw Errno.ENOMEM.exception();
        }
        sleeper.of(held, device, verb == Verb.WRITE ? exchange.request().offset() : 0);
        boolean told = false;
        try {
            if (file.gate().sleep(sleeper, caller)) {
                held.asleep();
            } else {
                held.runAgain(); // woken while the driver was looking, or unread data is there
            }
            told = true;
        } finally {
            if (!told) {
                held.answer(Errno.EIO.number());
                sleeper.takeBack();
                if (verb == Verb.OPEN) {
                    file.gate().close(file); // it never came to be open
                }
            }
        }
    }
}

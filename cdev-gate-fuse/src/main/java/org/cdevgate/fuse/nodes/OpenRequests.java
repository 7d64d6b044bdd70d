package org.cdevgate.fuse.nodes;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.abi.OpenFlags;
import org.cdevgate.fuse.protocol.FuseReply;
import org.cdevgate.fuse.protocol.FuseRequest;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.Notifier;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;

/** The begin and the end of open files. One per worker. */
final class OpenRequests {
    private final NodeTree tree;
    private final HandleTable handles;
    private final Notifier notifier;
    private final Exchange exchange;
    private final FuseCaller caller;
    private final RequestSleep sleep;

    OpenRequests(
            NodeTree tree,
            HandleTable handles,
            Notifier notifier,
            Exchange exchange,
            FuseCaller caller,
            RequestSleep sleep) {
        this.tree = tree;
        this.handles = handles;
        this.notifier = notifier;
        this.exchange = exchange;
        this.caller = caller;
        this.sleep = sleep;
    }

    void open() throws ErrnoException {
        FuseRequest request = exchange.request();
        Node node = tree.get(request.nodeId());
        if (!(node instanceof Device device)) {
            sleep.neverReached();
            throw (node == null ? Errno.ENODEV : Errno.EISDIR).exception();
        }
        sleep.check(device);
        awaitReleases(device);
        FopsGate gate = device.gate;
        caller.of(request, request.openFlags(), null);
        // Run again after it slept, it is still the same opening.
        OpenFile file =
                exchange.owner() instanceof SleepingCall sleeping
                        ? sleeping.file()
                        : gate.front().newFile(request.openFlags(), caller, device.minor);
        try {
            if (gate.front().open(file, caller) == Call.WOULD_BLOCK) {
                sleep.begin(device, file, Verb.OPEN);
                return;
            }
        } catch (ErrnoException e) {
            gate.front().close(file);
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
                file.gate().front().close(file);
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
}

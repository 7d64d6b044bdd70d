package org.cdevgate.fuse.nodes;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.Notifier;
import org.cdevgate.fuse.session.RequestHandler;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;
import org.jspecify.annotations.Nullable;

/** The nodes of one mount: publishes gates under names and serves the session's requests. */
public final class DeviceNodes implements RequestHandler.Factory {
    private final NodeTree tree;
    private final HandleTable handles = new HandleTable();
    private final Notifier notifier;
    private final Set<FopsGate> unfinished = ConcurrentHashMap.newKeySet();
    private final SizeQuestions sizes;
    private final @Nullable DirectoryEvents events; // null: inotify watchers see nothing

    /**
     * @param uid owner of the directories
     * @param gid group of the directories
     * @param notifier for pollers and mappings
     */
    public DeviceNodes(int uid, int gid, Notifier notifier) {
        this(uid, gid, notifier, null);
    }

    /**
     * With events for inotify watchers, once {@link #startEvents} was called.
     *
     * @param mountPoint where a helper process finds the mount; null for no events
     */
    public DeviceNodes(int uid, int gid, Notifier notifier, @Nullable Path mountPoint) {
        this.tree = new NodeTree(uid, gid);
        this.notifier = notifier;
        this.sizes = new SizeQuestions(notifier.name() + "-size");
        if (mountPoint == null) {
            this.events = null;
        } else {
            this.events = new DirectoryEvents(tree, mountPoint, "fuse-" + mountPoint.getFileName());
            tree.watchedBy(events);
        }
    }

    /** Begins to make events, if they are wanted; requests are being answered by now. */
    public void startEvents() {
        if (events != null) {
            events.start();
        }
    }

    /** Makes no more events. Does not wait. */
    public void stopEvents() {
        if (events != null) {
            events.stop();
        }
    }

    /** Waits until the helper process of the events has ended, for a limited time. */
    public void awaitEventsEnd(Duration limit) {
        if (events != null) {
            events.awaitEnd(limit);
        }
    }

    /**
     * Asks a driver how large its device is, before that has a node; waits for the answer, for a
     * few seconds at most. Holds no lock of the mount's; a registry that is followed holds its own.
     *
     * @return for {@link #add}; null if the device has no size
     */
    public @Nullable SizeQuestion askFirstSize(FopsGate gate) {
        return sizes.askFirst(gate);
    }

    /**
     * Publishes a device and its links. Its removal takes the names away by itself.
     *
     * @param firstSize what {@link #askFirstSize} gave
     * @return takes the names away before the removal does; idempotent
     * @throws java.nio.file.FileAlreadyExistsException if one of the names is in use
     * @throws java.nio.file.NotDirectoryException if a part of a path is a device or a link
     * @throws IOException if the gate's removal has begun
     * @throws IllegalArgumentException if a path could not be one
     */
    public Runnable add(NodeDescription node, FopsGate gate, @Nullable SizeQuestion firstSize)
            throws IOException {
        Device device = tree.add(node, gate, firstSize);
        Removed removed = new Removed(device);
        try {
            gate.front().addRemovalListener(removed);
        } catch (ErrnoException e) {
            removed.onFlagged(); // a client may have found it already
            removed.onDrained();
            removed.onTornDown();
            throw new IOException(
                    gate + " cannot be published as " + node.path() + ": its removal has begun", e);
        }
        return () -> tree.remove(device);
    }

    /** The gates published now; a snapshot. */
    public List<FopsGate> published() {
        Set<FopsGate> gates = new LinkedHashSet<>(); // one may have several nodes
        tree.all().forEach(device -> gates.add(device.gate));
        return new ArrayList<>(gates);
    }

    /** The gates whose removal has not finished, published or not any more; a snapshot. */
    public List<FopsGate> unfinished() {
        return List.copyOf(unfinished);
    }

    /**
     * Whether a process that a removal has woken in poll may be about to ask for the answer; for a
     * short time after the removal.
     */
    public boolean isAnybodyOwedAnAnswer() {
        return handles.any(OpenHandle::isOwedAnAnswer);
    }

    /** The number of files that clients have open. */
    public int openFiles() {
        return handles.size();
    }

    private final class Removed implements RemovalListener {
        private final Device device;

        Removed(Device device) {
            this.device = device;
            unfinished.add(device.gate);
        }

        @Override
        public void onFlagged() {
            tree.remove(device);
            device.handles.elements().forEach(OpenHandle::deviceFlagged);
            Closings closings = device.closings();
            if (closings != null) { // or nobody waits for a release: it looks at the flag first
                closings.deviceFlagged();
            }
        }

        @Override
        public void onDrained() {
            device.handles.elements().forEach(OpenHandle::deviceDrained);
        }

        @Override
        public void onTornDown() {
            unfinished.remove(device.gate);
        }
    }

    @Override
    public RequestHandler newHandler(Exchange exchange) {
        FuseCaller caller = new FuseCaller(exchange);
        RequestSleep sleep = new RequestSleep(exchange, caller);
        return new Dispatcher(
                exchange,
                new TreeRequests(
                        tree, events == null ? null : events.view(), sizes, notifier, exchange),
                new OpenRequests(tree, handles, notifier, exchange, caller, sleep),
                new FileRequests(handles, exchange, caller, sleep));
    }

    @Override
    public void connectionEnded() {
        stopEvents();
        sizes.end();
        for (OpenHandle handle; (handle = handles.takeAny()) != null; ) {
            handle.close();
        }
    }
}

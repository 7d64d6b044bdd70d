package org.cdevgate.fuse.nodes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.Notifier;
import org.cdevgate.fuse.session.RequestHandler;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.RemovalListener;

/** The nodes of one mount: publishes gates under names and serves the session's requests. */
public final class DeviceNodes implements RequestHandler.Factory {
    private final NodeTree tree;
    private final HandleTable handles = new HandleTable();
    private final Notifier notifier;
    private final Set<FopsGate> unfinished = ConcurrentHashMap.newKeySet();

    /**
     * @param uid owner of the directories
     * @param gid group of the directories
     * @param notifier for pollers and mappings
     */
    public DeviceNodes(int uid, int gid, Notifier notifier) {
        this.tree = new NodeTree(uid, gid);
        this.notifier = notifier;
    }

    /**
     * Publishes a device. Its removal takes the name away by itself.
     *
     * @param path below the mount
     * @param mode permission bits
     * @param flush whether each close(2) asks the driver's flush
     * @param minor which of the gate's nodes it is, see {@link org.cdevgate.gate.OpenFile#minor}
     * @return takes the name away before the removal does; idempotent
     * @throws java.nio.file.FileAlreadyExistsException if the name is in use
     * @throws java.nio.file.NotDirectoryException if a part of the path is a device
     * @throws IOException if the gate's removal has begun
     * @throws IllegalArgumentException if the path could not be one
     */
    public Runnable add(
            String path, int mode, int uid, int gid, FopsGate gate, boolean flush, int minor)
            throws IOException {
        Device device = tree.add(path, mode, uid, gid, gate, flush, minor);
        Removed removed = new Removed(device);
        try {
            gate.addRemovalListener(removed);
        } catch (ErrnoException e) {
            removed.onFlagged(gate); // a client may have found it already
            removed.onDrained(gate);
            removed.onTornDown(gate);
            throw new IOException(
                    gate + " cannot be published as " + path + ": its removal has begun", e);
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
        public void onFlagged(FopsGate gate) {
            tree.remove(device);
            device.handles.forEach(OpenHandle::deviceFlagged);
        }

        @Override
        public void onDrained(FopsGate gate) {
            device.handles.forEach(OpenHandle::deviceDrained);
        }

        @Override
        public void onTornDown(FopsGate gate) {
            unfinished.remove(gate);
        }
    }

    @Override
    public RequestHandler newHandler(Exchange exchange) {
        return new Dispatcher(
                exchange,
                new TreeRequests(tree, exchange),
                new FileRequests(tree, handles, notifier, exchange));
    }

    @Override
    public void connectionEnded() {
        handles.removeAll().forEach(OpenHandle::close);
    }

    private static final class Dispatcher implements RequestHandler {
        private final Exchange exchange;
        private final TreeRequests names;
        private final FileRequests files;

        Dispatcher(Exchange exchange, TreeRequests names, FileRequests files) {
            this.exchange = exchange;
            this.names = names;
            this.files = files;
        }

        @Override
        public void handle() {
            try {
                dispatch();
            } catch (ErrnoException e) {
                exchange.replyError(e.errno());
            }
        }

        private void dispatch() throws ErrnoException {
            switch (exchange.request().opcode()) {
                case FuseOpcode.READ,
                        FuseOpcode.WRITE,
                        FuseOpcode.IOCTL,
                        FuseOpcode.POLL,
                        FuseOpcode.FLUSH,
                        FuseOpcode.FSYNC,
                        FuseOpcode.LSEEK ->
                        files.onFile();
                case FuseOpcode.OPEN -> files.open();
                case FuseOpcode.RELEASE -> files.release();
                case FuseOpcode.LOOKUP -> names.lookup();
                case FuseOpcode.FORGET -> names.forget();
                case FuseOpcode.BATCH_FORGET -> names.batchForget();
                case FuseOpcode.GETATTR -> names.getattr();
                case FuseOpcode.SETATTR -> names.setattr();
                case FuseOpcode.ACCESS -> names.access();
                case FuseOpcode.STATFS -> names.statfs();
                case FuseOpcode.OPENDIR -> names.opendir();
                case FuseOpcode.READDIR -> names.readdir(false);
                case FuseOpcode.READDIRPLUS -> names.readdir(true);
                case FuseOpcode.RELEASEDIR -> exchange.replyError(0);
                default -> throw Errno.ENOSYS.exception();
            }
        }
    }
}

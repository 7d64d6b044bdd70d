package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.DevicePath;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.fuse.memory.CallerMemoryRights;
import org.cdevgate.fuse.mount.KernelMount;
import org.cdevgate.fuse.mount.MountOptions;
import org.cdevgate.fuse.nodes.DeviceNodes;
import org.cdevgate.fuse.nodes.SizeQuestion;
import org.cdevgate.fuse.session.FuseSession;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.cdevgate.internal.Publications;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted fake /dev. Devices registered here can be opened by any process that may use the mount;
 * {@link FopsGate#unregisterSync()} removes one while they are inside.
 *
 * <pre>{@code
 * try (DeviceMount dev = DeviceMount.mount(Path.of("/tmp/dev"))) {
 *     FopsGate gate = dev.register("hello0", new HelloDriver());
 *     ...                      // processes open /tmp/dev/hello0
 *     gate.unregisterSync();   // each of them has its answer, none is in the driver
 * }
 * }</pre>
 *
 * <p>Mounting needs /dev/fuse: root mounts itself, other users through fusermount3 (package fuse3).
 * Only the mounting user sees the mount unless {@link DeviceMountBuilder#allowOther} is set. If the
 * JVM ends without {@link #close()} a shutdown hook closes the mount; if it is killed, or ends by a
 * signal under {@code -Xrs}, its clients get errors at once and the next mount on the same folder
 * clears what is left.
 *
 * <p><b>The JVM that serves a mount must not use it itself</b>, not even by {@code Files.exists}: a
 * process that waits for its own answer cannot be killed. Use another process.
 *
 * <p>All methods may be called by any thread, but not on behalf of a call through this mount.
 */
public final class DeviceMount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMount.class);

    private final KernelMount mount;
    private final FuseSession session;
    private final DeviceNodes nodes;
    private final Duration closeTimeout;
    private final Set<FollowedDevices> followed = ConcurrentHashMap.newKeySet();
    private final ShutdownGuard guard;
    private final MountClosing end; // made with the mount: a close may have no memory

    // Guarded by this.
    private boolean closing;
    private boolean closed;

    DeviceMount(DeviceMountBuilder builder) throws IOException {
        MountOptions options =
                new MountOptions(builder.mountPoint, builder.fsName, builder.allowOther);
        if (builder.callerMemory) {
            CallerMemoryRights.check();
        }
        guard = new ShutdownGuard();
        KernelMount made = null;
        try {
            made = KernelMount.mount(options, guard::requireRunning);
            mount = made;
            closeTimeout = builder.closeTimeout;
            mount.channel().spin(builder.spin);
            session =
                    new FuseSession(
                            mount.channel(),
                            "fuse-" + mount.mountPoint().getFileName(),
                            builder.maxParkedCalls,
                            builder.maxSleepingBytes);
            if (builder.callerMemory) {
                session.allowCallerMemory();
            }
            nodes =
                    new DeviceNodes(
                            mount.ownerUid(),
                            mount.ownerGid(),
                            session.notifier(),
                            builder.inotify ? mount.mountPoint() : null);
            end = new MountClosing(mount, session, nodes, followed);
            session.start(nodes);
            nodes.startEvents();
            guard.opened(this::closeAtShutdown);
        } catch (Throwable e) {
            undo(made, e);
            throw e;
        }
    }

    /** The constructor failed, at whatever place: no mount stays. */
    private void undo(@Nullable KernelMount made, Throwable cause) {
        if (made == null) {
            guard.gone();
            return;
        }
        boolean left = true;
        try {
            made.detach();
            left = false;
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            made.channel().close();
            if (left) {
                guard.opened(() -> detachAtShutdown(made)); // perhaps it can be done then
            } else {
                guard.gone();
            }
        }
    }

    private static void detachAtShutdown(KernelMount left) {
        try {
            left.detach();
        } catch (IOException e) {
            LOG.error("{} stays mounted", left.mountPoint(), e);
        }
    }

    /**
     * Mounts on a folder with the defaults.
     *
     * @param mountPoint an existing folder; what it contains is hidden meanwhile
     * @throws IOException if it cannot be mounted; the message says what is missing
     */
    public static DeviceMount mount(Path mountPoint) throws IOException {
        return builder(mountPoint).mount();
    }

    /** Builds a mount with options: who may use it, limits, inotify events. */
    public static DeviceMountBuilder builder(Path mountPoint) {
        return new DeviceMountBuilder(mountPoint);
    }

    /** The folder. */
    public Path mountPoint() {
        return mount.mountPoint();
    }

    /**
     * Where a device's node is, for other processes.
     *
     * @param name as it was registered, below the mount; empty for the mount itself
     * @throws IllegalArgumentException if it leads elsewhere: an absolute path, say
     */
    public Path path(String name) {
        if (!Objects.requireNonNull(name, "name").isEmpty()) {
            DevicePath.split("device", name);
        }
        return mountPoint().resolve(name);
    }

    /**
     * Registers a stream device without hooks as a node of mode 0600.
     *
     * @param name below the mount; may have directories, as in {@code input/event0}
     * @return its gate, to remove it with
     * @throws java.nio.file.FileAlreadyExistsException if the name is in use
     */
    public FopsGate register(String name, FileOperations driver) throws IOException {
        FopsGate gate = FopsGate.of(name, driver);
        register(gate, DeviceNode.named(name));
        return gate;
    }

    /**
     * Publishes a gate as a node, with its links. Its removal takes the names away by itself, and
     * they can be registered again at once, with another gate. A gate may have several nodes, which
     * its driver tells apart by {@link org.cdevgate.gate.OpenFile#minor}. If it fails the gate is
     * removed, unless it is published elsewhere, here or in another mount or registry: then it
     * stays as it is.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the name or that of a link is in use
     * @throws java.nio.file.NotDirectoryException if a part of a name is a device or a link
     * @throws IOException if the gate's removal has begun
     * @throws IllegalArgumentException if a name could not be one, see {@link DeviceNode#named}
     * @throws IllegalStateException if the mount is closed
     */
    public void register(FopsGate gate, DeviceNode node) throws IOException {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(node, "node");
        boolean published = false;
        Publications.begin(gate);
        try {
            if (publish(gate, node) == null) {
                throw closed();
            }
            published = true;
        } finally {
            if (!published && Publications.failed(gate)) {
                gate.unregisterSync();
            }
        }
    }

    /** What takes the name away; null if the mount is closed. Leaves the gate as it is. */
    @Nullable Runnable publish(FopsGate gate, DeviceNode node) throws IOException {
        SizeQuestion firstSize = nodes.askFirstSize(gate);
        synchronized (this) {
            return closing
                    ? null
                    : nodes.add(node.describe(mount.ownerUid(), mount.ownerGid()), gate, firstSize);
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException(
                "the mount on " + mountPoint() + " is closed; mount again");
    }

    /**
     * Publishes every device of a registry as a node, with its name, mode and minor, and every
     * later one before {@link CharDevices#add} returns. A removal takes the node away, and when the
     * registry gives the name out again the mount takes it again. A device whose name this mount
     * cannot take, because it has a node of that name or of a part of it, is refused to who
     * registers it.
     *
     * <p>Several mounts may follow one registry. Closing a mount ends its subscriptions and removes
     * the devices that it has published, these among them; so close the mount last.
     *
     * @return ends the subscription when it is closed: later devices are not published here, nodes
     *     that are there stay until their removal
     * @throws IllegalArgumentException if a device that is there cannot be published; none is then
     * @throws IllegalStateException if the mount is closed
     */
    public CharDevices.Subscription follow(CharDevices devices) {
        Objects.requireNonNull(devices, "devices");
        FollowedDevices made = new FollowedDevices(this, followed::remove);
        made.follow(devices);
        followed.add(made);
        synchronized (this) {
            if (!closing) {
                return made;
            }
        }
        made.close(); // closing may have looked before it was added
        throw closed();
    }

    /** The gates published now; a snapshot. */
    public List<FopsGate> gates() {
        return nodes.published();
    }

    /**
     * The number of files that processes have open through this mount, removed devices' included.
     */
    public int openFiles() {
        return nodes.openFiles();
    }

    /**
     * The number of calls that are parked, or stuck, in drivers now: what is bounded by {@link
     * Builder#maxParkedCalls}.
     */
    public int parkedCalls() {
        return session.parkedCalls();
    }

    /**
     * The number of bytes that sleeping calls hold now: what is bounded by {@link
     * Builder#maxSleepingBytes}.
     */
    public long sleepingBytes() {
        return session.sleepingBytes();
    }

    /**
     * Removes every device, unmounts, and ends the connection; descriptors still open get ENOTCONN
     * from then on. Never waits for a process to close one; a process that a removal has just woken
     * in poll has a second to ask again, and then one to make its call, which gets ENODEV: 3 s at
     * most for all, and no longer than {@link DeviceMountBuilder#closeTimeout}. Idempotent; a
     * second caller waits for the first, closeTimeout at most.
     *
     * <p>A driver whose calls do not return within {@link DeviceMountBuilder#closeTimeout} is named
     * in the log and left behind: its callers are cut off all the same.
     *
     * @throws SelfRemovalException if this thread is inside a call through this mount; nothing was
     *     done
     */
    @Override
    public void close() {
        if (!beginClosing(closeTimeout)) {
            return;
        }
        try {
            end.run(System.nanoTime() + closeTimeout.toNanos());
            guard.gone();
        } finally {
            synchronized (this) {
                closed = true;
                notifyAll();
            }
        }
    }

    /** True for the one that closes; the others wait until it has, for a limited time. */
    private boolean beginClosing(Duration patience) {
        for (FopsGate gate : nodes.unfinished()) {
            gate.checkNotInside("DeviceMount.close()");
        }
        synchronized (this) {
            if (!closing) {
                closing = true;
                return true;
            }
            long deadline = System.nanoTime() + patience.toNanos();
            boolean interrupted = false;
            while (!closed && deadline - System.nanoTime() > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return false;
        }
    }

    private void closeAtShutdown() {
        LOG.info("closing the mount on {}, which was left open", mountPoint());
        close();
    }

    @Override
    public String toString() {
        return "device mount on " + mountPoint();
    }
}

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
import org.cdevgate.fuse.session.ExitingThreads;
import org.cdevgate.fuse.session.FuseSession;
import org.cdevgate.gate.CallInFlight;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.RemovalOutcome;
import org.cdevgate.gate.SelfRemovalException;
import org.cdevgate.internal.Publications;
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
 * Only the mounting user sees the mount unless {@link Builder#allowOther} is set. If the JVM ends
 * without {@link #close()} a shutdown hook closes the mount; if it is killed, or ends by a signal
 * under {@code -Xrs}, its clients get errors at once and the next mount on the same folder clears
 * what is left.
 *
 * <p><b>The JVM that serves a mount must not use it itself</b>, not even by {@code Files.exists}: a
 * process that waits for its own answer cannot be killed. Use another process.
 *
 * <p>All methods may be called by any thread, but not on behalf of a call through this mount.
 */
public final class DeviceMount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMount.class);

    private static final Duration HELPER_LIMIT = Duration.ofSeconds(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final KernelMount mount;
    private final FuseSession session;
    private final DeviceNodes nodes;
    private final Duration closeTimeout;
    private final Set<FollowedDevices> followed = ConcurrentHashMap.newKeySet();
    private final ShutdownGuard guard;

    // Guarded by this.
    private boolean closing;
    private boolean closed;

    private DeviceMount(Builder builder) throws IOException {
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
            session.start(nodes);
            nodes.startEvents();
            guard.opened(this::closeAtShutdown);
        } catch (Throwable e) {
            undo(made, e);
            throw e;
        }
    }

    /** The constructor failed, at whatever place: no mount stays. */
    private void undo(KernelMount made, Throwable cause) {
        boolean left = made != null;
        try {
            if (made != null) {
                made.detach();
                left = false;
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            if (made != null) {
                made.channel().close();
            }
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
    public static Builder builder(Path mountPoint) {
        return new Builder(mountPoint);
    }

    /** Collects the choices of a mount. For one thread. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofDays(36_500); // fits in nanoseconds

        private final Path mountPoint;
        private String fsName = "cdev-gate";
        private boolean allowOther;
        private int maxParkedCalls = 4096;
        private long maxSleepingBytes = FuseSession.standardBytes();
        private Duration closeTimeout = Duration.ofSeconds(30);
        private boolean callerMemory;
        private boolean inotify;
        private boolean spin = true;

        private Builder(Path mountPoint) {
            this.mountPoint = Objects.requireNonNull(mountPoint, "mountPoint");
        }

        /** Lets other users in, as far as each node's mode allows. Off by default. */
        public Builder allowOther(boolean allow) {
            allowOther = allow;
            return this;
        }

        /**
         * Lets drivers copy from and to the memory of the process that calls ioctl, by {@link
         * org.cdevgate.gate.Call#copyFromUser} and {@link org.cdevgate.gate.Call#copyToUser}: for
         * commands whose argument the kernel does not copy. Off by default. {@link #mount()} then
         * looks whether this process may: it needs CAP_SYS_PTRACE, or Yama's
         * kernel.yama.ptrace_scope at 0, which opens to it the processes of its own user that have
         * no more capabilities than itself.
         *
         * <p>A caller can make a copy wait, and with it this device's removal, by passing memory
         * that is a mapping of a slow file. Switch it on only where callers are trusted so far.
         */
        public Builder callerMemory(boolean allow) {
            callerMemory = allow;
            return this;
        }

        /** The name in the first column of mount(8); "cdev-gate" by default. */
        public Builder fsName(String name) {
            fsName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * How many calls of one user may park their thread in one device at a time; 4096 by
         * default. Beyond it that user's further calls of that device get ENOMEM, those excepted
         * that never park: poll and release. Calls that sleep without a thread do not count, and
         * are run again all the same.
         *
         * <p>Other devices and other users find room: all of them together may have twice as many,
         * all calls of one user, and all those in one device, one and a half times as many. The
         * more others have parked the fewer is everybody's share: what one user has in one device
         * never exceeds what is left for the rest. Users count only where {@link #allowOther} lets
         * them in; without it there is one.
         *
         * @param calls 1 or more
         */
        public Builder maxParkedCalls(int calls) {
            if (calls < 1) {
                throw new IllegalArgumentException(
                        "maxParkedCalls " + calls + "; at least 1 call must be able to sleep");
            }
            maxParkedCalls = calls;
            return this;
        }

        /**
         * How many bytes the sleeping calls of one user in one device may hold; an eighth of the
         * largest heap by default. A call that sleeps without a thread holds a copy of its request
         * on the heap: about 600 bytes, and the data of a write (1 MiB at most) or ioctl. One that
         * parks its thread holds as much in memory outside the heap. Beyond the bound calls get
         * ENOMEM, before the driver is entered if that can be told, and one line in the log says
         * so. It is shared as {@link #maxParkedCalls} is: the whole mount holds twice as much at
         * most.
         *
         * @param bytes 1 MiB or more, so that the largest write can sleep
         */
        public Builder maxSleepingBytes(long bytes) {
            if (bytes < FuseSession.LEAST_BYTES) {
                throw new IllegalArgumentException(
                        "maxSleepingBytes "
                                + bytes
                                + "; a write of 1 MiB must be able to sleep, give "
                                + FuseSession.LEAST_BYTES
                                + " or more");
            }
            maxSleepingBytes = bytes;
            return this;
        }

        /**
         * How long {@link DeviceMount#close()} waits for calls that do not return from a driver
         * before it cuts their callers off; 30 s by default.
         */
        public Builder closeTimeout(Duration timeout) {
            if (Objects.requireNonNull(timeout, "timeout").isNegative()) {
                throw new IllegalArgumentException("closeTimeout " + timeout + "; give 0 or more");
            }
            closeTimeout = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
            return this;
        }

        /**
         * Whether inotify(7) watchers see names come and go: IN_CREATE and IN_DELETE on a
         * directory, IN_DELETE_SELF on a node. The kernel says so only if a process makes or
         * removes a name, so this costs a helper process (/bin/sh) for the life of the mount, and a
         * process (ln, rm, mkdir or rmdir) for each name, or for up to 64 that come or go at once.
         * Events come some milliseconds late, in order for each name; they delay nobody. Off by
         * default.
         */
        public Builder inotify(boolean events) {
            inotify = events;
            return this;
        }

        /**
         * Whether the thread that waits for requests may do more than sleep. If a single client
         * calls all the time from another processor, the thread moves to that one, where it is held
         * for one request, while a second thread holds the one that was left for 400 µs at most. If
         * it may not run there, or there are several clients, it looks for the next request again
         * and again, for up to 120 µs, before it sleeps; but only while that is seen to answer
         * sooner. On by default; off saves processor time, and leaves the thread where the
         * scheduler puts it.
         */
        public Builder spin(boolean allow) {
            spin = allow;
            return this;
        }

        /**
         * Mounts. Where two mount on one folder at once one wins.
         *
         * @throws IOException if it cannot be mounted, or {@link #callerMemory} cannot work, or the
         *     JVM is shutting down; if the folder is served by a living process, or is on the way
         *     to what this JVM itself looks up (class path, working and temporary folder,
         *     java.home); the message says what is missing or to be done, and no mount is left
         */
        public DeviceMount mount() throws IOException {
            return new DeviceMount(this);
        }
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
    Runnable publish(FopsGate gate, DeviceNode node) throws IOException {
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
     * most for all, and no longer than {@link Builder#closeTimeout}. Idempotent; a second caller
     * waits for the first, closeTimeout at most.
     *
     * <p>A driver whose calls do not return within {@link Builder#closeTimeout} is named in the log
     * and left behind: its callers are cut off all the same.
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
            closeAll();
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

    private void closeAll() {
        long deadline = System.nanoTime() + closeTimeout.toNanos();
        List<FopsGate> gates = nodes.unfinished();
        try {
            followed.forEach(FollowedDevices::close);
            // All flagged first: a call in one device may wait for another.
            gates.forEach(FopsGate::beginRemoval);
            nodes.stopEvents();
        } catch (RuntimeException | Error e) {
            // A JVM without memory: what follows takes the names away all the same.
            LOG.error("{} cannot be flagged in order", this, e);
        }
        session.expectEnd();
        try {
            mount.detach();
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("cannot unmount {}; its processes are cut off all the same", mountPoint(), e);
        }
        boolean interrupted = awaitRemovals(gates, deadline);
        try {
            session.serveWhile(nodes::isAnybodyOwedAnAnswer, deadline - System.nanoTime());
        } catch (RuntimeException | Error e) {
            LOG.error("{} ends before all who were woken have asked", this, e);
        }
        long left = Math.max(TimeUnit.SECONDS.toNanos(1), deadline - System.nanoTime());
        if (!session.close(left)) {
            LOG.error("threads of the mount on {} are still in a driver", mountPoint());
        }
        nodes.awaitEventsEnd(HELPER_LIMIT);
        guard.gone();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until no call is in a driver, or the time is over; returns whether interrupted. */
    private boolean awaitRemovals(List<FopsGate> gates, long deadline) {
        boolean interrupted = false;
        for (FopsGate gate : gates) {
            try {
                RemovalOutcome outcome;
                do {
                    interrupted |= Thread.interrupted();
                    long left = Math.min(deadline - System.nanoTime(), LOOK_NANOS);
                    outcome = gate.awaitRemoval(Duration.ofNanos(left));
                } while (!outcome.isRemoved()
                        && deadline - System.nanoTime() > 0
                        && !isLeftToTheEndOfTheJvm(gate));
                if (!outcome.isRemoved()) {
                    LOG.error("{} still has calls in its driver:\n{}", gate, outcome);
                }
            } catch (RuntimeException | Error e) {
                // A JVM without memory or descriptors: the processes are cut off all the same.
                LOG.error("the removal of {} failed", gate, e);
            }
        }
        return interrupted;
    }

    /**
     * Whether all that is left in a driver are calls of System.exit, which wait for us; answers
     * them.
     */
    private boolean isLeftToTheEndOfTheJvm(FopsGate gate) {
        List<CallInFlight> calls = gate.callsInFlight();
        return !calls.isEmpty()
                && calls.stream().allMatch(call -> ExitingThreads.contains(call.thread()))
                && session.answerExiting() > 0;
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

package org.cdevgate.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.cdevgate.fuse.session.FuseSession;

/**
 * Collects the choices of a mount, and mounts. For one thread.
 *
 * <pre>{@code
 * DeviceMount dev =
 *         DeviceMount.builder(Path.of("/tmp/dev")).allowOther(true).maxParkedCalls(1000).mount();
 * }</pre>
 */
public final class DeviceMountBuilder {
    private static final Duration MAX_TIMEOUT = Duration.ofDays(36_500); // fits in nanoseconds

    final Path mountPoint;
    String fsName = "cdev-gate";
    boolean allowOther;
    int maxParkedCalls = 4096;
    long maxSleepingBytes = FuseSession.standardBytes();
    Duration closeTimeout = Duration.ofSeconds(30);
    boolean callerMemory;
    boolean inotify;
    boolean spin = true;

    DeviceMountBuilder(Path mountPoint) {
        this.mountPoint = Objects.requireNonNull(mountPoint, "mountPoint");
    }

    /** Lets other users in, as far as each node's mode allows. Off by default. */
    public DeviceMountBuilder allowOther(boolean allow) {
        allowOther = allow;
        return this;
    }

    /**
     * Lets drivers copy from and to the memory of the process that calls ioctl, by {@link
     * org.cdevgate.gate.Call#copyFromUser} and {@link org.cdevgate.gate.Call#copyToUser}: for
     * commands whose argument the kernel does not copy. Off by default. {@link #mount()} then looks
     * whether this process may: it needs CAP_SYS_PTRACE, or Yama's kernel.yama.ptrace_scope at 0,
     * which opens to it the processes of its own user that have no more capabilities than itself.
     *
     * <p>A caller can make a copy wait, and with it this device's removal, by passing memory that
     * is a mapping of a slow file. Switch it on only where callers are trusted so far.
     */
    public DeviceMountBuilder callerMemory(boolean allow) {
        callerMemory = allow;
        return this;
    }

    /** The name in the first column of mount(8); "cdev-gate" by default. */
    public DeviceMountBuilder fsName(String name) {
        fsName = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * How many calls of one user may park their thread in one device at a time; 4096 by default.
     * Beyond it that user's further calls of that device get ENOMEM, those excepted that never
     * park: poll and release. Calls that sleep without a thread do not count, and are run again all
     * the same.
     *
     * <p>Other devices and other users find room: all of them together may have twice as many, all
     * calls of one user, and all those in one device, one and a half times as many. The more others
     * have parked the fewer is everybody's share: what one user has in one device never exceeds
     * what is left for the rest. Users count only where {@link #allowOther} lets them in; without
     * it there is one.
     *
     * @param calls 1 or more
     */
    public DeviceMountBuilder maxParkedCalls(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException(
                    "maxParkedCalls " + calls + "; at least 1 call must be able to sleep");
        }
        maxParkedCalls = calls;
        return this;
    }

    /**
     * How many bytes the sleeping calls of one user in one device may hold; an eighth of the
     * largest heap by default. A call that sleeps without a thread holds a copy of its request on
     * the heap: about 600 bytes, and the data of a write (1 MiB at most) or ioctl. One that parks
     * its thread holds as much in memory outside the heap. Beyond the bound calls get ENOMEM,
     * before the driver is entered if that can be told, and one line in the log says so. It is
     * shared as {@link #maxParkedCalls} is: the whole mount holds twice as much at most.
     *
     * @param bytes 1 MiB or more, so that the largest write can sleep
     */
    public DeviceMountBuilder maxSleepingBytes(long bytes) {
        if (bytes < FuseSession.MIN_BYTES) {
            throw new IllegalArgumentException(
                    "maxSleepingBytes "
                            + bytes
                            + "; a write of 1 MiB must be able to sleep, give "
                            + FuseSession.MIN_BYTES
                            + " or more");
        }
        maxSleepingBytes = bytes;
        return this;
    }

    /**
     * How long {@link DeviceMount#close()} waits for calls that do not return from a driver before
     * it cuts their callers off; 30 s by default.
     */
    public DeviceMountBuilder closeTimeout(Duration timeout) {
        if (Objects.requireNonNull(timeout, "timeout").isNegative()) {
            throw new IllegalArgumentException("closeTimeout " + timeout + "; give 0 or more");
        }
        closeTimeout = timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout;
        return this;
    }

    /**
     * Whether inotify(7) watchers see names come and go: IN_CREATE and IN_DELETE on a directory,
     * IN_DELETE_SELF on a node. The kernel says so only if a process makes or removes a name, so
     * this costs a helper process (/bin/sh) for the life of the mount, and a process (ln, rm, mkdir
     * or rmdir) for each name, or for up to 64 that come or go at once. Events come some
     * milliseconds late, in order for each name; they delay nobody.
     *
     * <p>For programs that wait for a device to come by watching its directory, as SDL does without
     * udev: they would never see one. Off by default: programs that know their node need none of
     * it.
     */
    public DeviceMountBuilder inotify(boolean events) {
        inotify = events;
        return this;
    }

    /**
     * Whether the thread that waits for requests may do more than sleep. If a single client calls
     * all the time from another processor, the thread moves to that one, where it is held for one
     * request, while a second thread holds the one that was left for 400 µs at most. If it may not
     * run there, or there are several clients, it looks for the next request again and again, for
     * up to 120 µs, before it sleeps; but only while that is seen to answer sooner. On by default;
     * off saves processor time, and leaves the thread where the scheduler puts it.
     */
    public DeviceMountBuilder spin(boolean allow) {
        spin = allow;
        return this;
    }

    /**
     * Mounts. Where two mount on one folder at once one wins.
     *
     * @throws IOException if it cannot be mounted, or {@link #callerMemory} cannot work, or the JVM
     *     is shutting down; if the folder is served by a living process, or is on the way to what
     *     this JVM itself looks up (class path, working and temporary folder, java.home); the
     *     message says what is missing or to be done, and no mount is left
     */
    public DeviceMount mount() throws IOException {
        return new DeviceMount(this);
    }
}

package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.internal.Waits;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link FopsGate} is made of: the driver, what is done at its removal, what
 * callers see then, how much is recorded. For one thread; {@link FopsGate#builder} makes it.
 *
 * <pre>{@code
 * FopsGate gate =
 *         FopsGate.builder("sensor0", driver)
 *                 .wakeHook(board::wake)
 *                 .onTeardown(board::powerOff)
 *                 .build();
 * }</pre>
 */
public final class GateBuilder {
    final String name;
    final FileOperations driver;
    final List<DriverAction> teardowns = new ArrayList<>();
    @Nullable DriverAction wakeHook;
    @Nullable LongSupplier size;
    boolean seekable;
    boolean sleepingWrites;
    boolean lateRelease;
    RemovalProfile profile = RemovalProfile.EVDEV;
    @Nullable FopsGate parent;
    DiagnosticLevel level = DiagnosticLevel.COUNT;
    long slowDrainNanos = Duration.ofSeconds(10).toNanos();

    GateBuilder(String name, FileOperations driver) {
        this.name = Objects.requireNonNull(name, "name");
        this.driver = Objects.requireNonNull(driver, "driver");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name is empty; a device needs one");
        }
    }

    /**
     * A hook that wakes calls which sleep in the driver's own way (not on a {@link WaitQueue}).
     * Called on a thread of its own after the flag is set, with no lock of the gate's held, and
     * again with back-off until the drain ends. The teardown starts only when it has returned. It
     * may call other devices, but not sleep in their verbs, which answer ENODEV instead.
     *
     * @throws IllegalStateException if there is one already: which of two were to go?
     */
    public GateBuilder wakeHook(DriverAction hook) {
        Objects.requireNonNull(hook, "hook");
        if (wakeHook != null) {
            throw new IllegalStateException(
                    "the wake hook of " + name + " is set already; one hook calls what several do");
        }
        wakeHook = hook;
        return this;
    }

    /**
     * Something to run when nothing of the driver runs any more: free, stop, power off. Runs on the
     * remover; several run in reverse order of registration, and one that throws is logged and does
     * not stop the others.
     */
    public GateBuilder onTeardown(DriverAction teardown) {
        teardowns.add(Objects.requireNonNull(teardown, "teardown"));
        return this;
    }

    /**
     * Makes the device seekable: positions count, and it has a size. Without this it is a stream,
     * whose position is always 0.
     *
     * @param bytes the current size, 0 or more; called under the gate, must not block: over FUSE it
     *     is asked on a thread of the mount's, registering a node waits for its answer for up to
     *     five seconds, and stat(2) shows the last one known if the next one takes long
     */
    public GateBuilder seekable(LongSupplier bytes) {
        return size(bytes, true);
    }

    /**
     * Gives a stream memory that can be mapped, as a camera has its buffers: read and write are
     * asked for its pages with their positions, see {@link Call#isMappedPage}. Processes see the
     * device with this size.
     *
     * @param bytes the current size of that memory, 0 or more; called as that of {@link #seekable}
     *     is, and must not block either
     */
    public GateBuilder mappable(LongSupplier bytes) {
        return size(bytes, false);
    }

    /**
     * Says that writes of a seekable device may sleep; those of a stream always may. A front then
     * keeps openings apart as far as it can: over FUSE each has a kernel inode of its own, since
     * the kernel lets nobody else write to an inode while a write to it sleeps. What that costs
     * (locks, shared mappings) stands in docs/fuse.md.
     */
    public GateBuilder sleepingWrites() {
        sleepingWrites = true;
        return this;
    }

    private GateBuilder size(LongSupplier bytes, boolean isSeekable) {
        size = Objects.requireNonNull(bytes, "bytes");
        seekable = isSeekable;
        return this;
    }

    /**
     * Calls the driver's release at the last close even if that comes after the removal, as Linux
     * does, instead of at the removal. Such a release may touch only memory of its own, and no
     * removal waits for it. The destructors of private data run at the removal all the same; the
     * data itself stays readable until release has run.
     */
    public GateBuilder lateRelease() {
        lateRelease = true;
        return this;
    }

    /**
     * What callers see of the removal; {@link RemovalProfile#EVDEV} by default. A profile can be
     * changed for one verb before it is given here.
     */
    public GateBuilder removalProfile(RemovalProfile newProfile) {
        profile = Objects.requireNonNull(newProfile, "newProfile");
        return this;
    }

    /**
     * Makes the device a child: the removal of the parent removes it too, and tears it down first.
     *
     * @param device whose removal takes this one along
     */
    public GateBuilder parent(FopsGate device) {
        parent = Objects.requireNonNull(device, "device");
        return this;
    }

    /** The diagnostic level to begin with; COUNT by default. */
    public GateBuilder diagnostics(DiagnosticLevel newLevel) {
        level = Objects.requireNonNull(newLevel, "newLevel");
        return this;
    }

    /**
     * How long a removal may wait before it logs, as a warning, what it waits for; 10 s by default.
     * It is logged again each time that as much as was waited has passed.
     *
     * @param threshold more than zero
     */
    public GateBuilder slowDrain(Duration threshold) {
        Objects.requireNonNull(threshold, "threshold");
        if (threshold.isNegative() || threshold.isZero()) {
            throw new IllegalArgumentException(
                    "slow drain threshold " + threshold + "; give more than zero");
        }
        slowDrainNanos = Waits.nanos(threshold);
        return this;
    }

    /**
     * The gate, open for calls.
     *
     * @throws IllegalStateException if the removal of the parent has begun
     */
    public FopsGate build() {
        FopsGate gate = new FopsGate(this);
        if (parent != null) {
            parent.children().add(gate);
        }
        return gate;
    }
}

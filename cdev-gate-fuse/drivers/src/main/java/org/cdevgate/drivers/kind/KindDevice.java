package org.cdevgate.drivers.kind;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.removal.RemovalProfile;
import org.jspecify.annotations.Nullable;

/**
 * A device of a kind: its driver, what its gate needs to know, and what it does by itself while it
 * is plugged in. Immutable; each setting returns a changed copy.
 */
public final class KindDevice {
    private final FileOperations driver;
    private final UnaryOperator<GateBuilder> settings;
    private final boolean callerMemory;
    private final @Nullable Duration period;
    private final Runnable tick; // does nothing if there is no period

    private KindDevice(
            FileOperations driver,
            UnaryOperator<GateBuilder> settings,
            boolean callerMemory,
            @Nullable Duration period,
            Runnable tick) {
        this.driver = driver;
        this.settings = settings;
        this.callerMemory = callerMemory;
        this.period = period;
        this.tick = tick;
    }

    /** A stream of a driver. */
    public static KindDevice of(FileOperations driver) {
        return new KindDevice(
                Objects.requireNonNull(driver, "driver"), gate -> gate, false, null, () -> {});
    }

    private KindDevice with(UnaryOperator<GateBuilder> more) {
        return new KindDevice(
                driver, gate -> more.apply(settings.apply(gate)), callerMemory, period, tick);
    }

    /** Makes it seekable, see {@link GateBuilder#seekable}. */
    public KindDevice seekable(LongSupplier bytes) {
        return with(gate -> gate.seekable(bytes));
    }

    /** Gives it memory that can be mapped, see {@link GateBuilder#mappable}. */
    public KindDevice mappable(LongSupplier bytes) {
        return with(gate -> gate.mappable(bytes));
    }

    /** Sets what callers see of its removal, see {@link GateBuilder#removalProfile}. */
    public KindDevice removalProfile(RemovalProfile profile) {
        return with(gate -> gate.removalProfile(profile));
    }

    /** Says that its driver copies from and to the memory of callers. */
    public KindDevice callerMemory() {
        return new KindDevice(driver, settings, true, period, tick);
    }

    /** Has something done again and again while it is plugged in, each time after this time. */
    public KindDevice every(Duration newPeriod, Runnable newTick) {
        if (newPeriod.isNegative() || newPeriod.isZero()) {
            throw new IllegalArgumentException("period " + newPeriod + "; give more than zero");
        }
        return new KindDevice(driver, settings, callerMemory, newPeriod, newTick);
    }

    /** The driver. */
    public FileOperations driver() {
        return driver;
    }

    /** Tells a gate what this device is. */
    public GateBuilder configure(GateBuilder gate) {
        return settings.apply(gate);
    }

    /** Whether the mount has to allow access to the memory of callers. */
    public boolean needsCallerMemory() {
        return callerMemory;
    }

    /** How often {@link #tick()} is due; null if never. */
    public @Nullable Duration period() {
        return period;
    }

    /** Something happens in the device; nothing if there is no {@link #period()}. */
    public void tick() {
        tick.run();
    }
}

package org.cdevgate.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.cdevgate.internal.DaemonThreads;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.SlowWait;
import org.cdevgate.internal.WaitCircles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of a model whose probe waits for something, and the probes that run on threads of the
 * model's. News is that a device was bound, or offers something more; those that wait are then
 * probed again. If there is no thread to be had, they go on waiting for the next news.
 *
 * <p><b>Loops.</b> A probe that adds a device which is bound, and is then deferred, has made news
 * itself. It is probed again for that, because it may have waited for this very device; but only a
 * few times in a row, or it would go on for ever, and fill the processor. News is a device's own if
 * it was made in its probe, or would not have come without that: see {@link Cause}.
 *
 * <p>Its lock may be held while a device's state is looked at, and is never taken under a lock of a
 * device or of {@link Links}.
 */
final class Probes {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceModel.class);
    private static final int THREADS = 4;

    /** How often in a row a device is probed again for news of its own. */
    static final int MOST_OWN_TRIES = 10;

    /** In whose probes, or because of whose, this thread runs; null if of nobody's. */
    static final ThreadLocal<@Nullable Cause> CAUSE = new ThreadLocal<>();

    private final Executor pool;

    // Guarded by this.
    private final Map<Device, Waiting> known = new LinkedHashMap<>(); // deferred, not bound since
    private final Set<Look> looks = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Run> runs = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * The devices whose probes something came from, the last one first: it happened in these
     * probes, on their thread, or in a probe that was made for news of theirs, or concerns a device
     * that they added.
     */
    record Cause(Device device, @Nullable Cause before) {
        static boolean has(@Nullable Cause cause, Device device) {
            for (Cause each = cause; each != null; each = each.before) {
                if (each.device == device) {
                    return true;
                }
            }
            return false;
        }

        static @Nullable Cause join(@Nullable Cause some, @Nullable Cause others) {
            Cause result = others;
            for (Cause each = some; each != null; each = each.before) {
                if (!has(result, each.device)) {
                    result = new Cause(each.device, result);
                }
            }
            return result;
        }

        /** Without those bound, which wait for nothing, so that nothing can go round in them. */
        static @Nullable Cause unbound(@Nullable Cause cause) {
            Cause result = null;
            for (Cause each = cause; each != null; each = each.before) {
                if (!each.device.isBound() && !each.device.isGone()) {
                    result = new Cause(each.device, result);
                }
            }
            return result;
        }
    }

    /** A device that was deferred. */
    private static final class Waiting {
        String why = ""; // while it waits
        boolean waits; // else it is being probed again
        int ownTries; // since there was news of others
        boolean told; // that it would go on for ever
        @Nullable String toTell; // once the lock is not held
    }

    /** A probe, or another moment from which on no news may be missed. */
    static final class Look {
        private final Device device;
        private final Waiting waiting; // made here, so that to defer needs no memory
        private final boolean first;
        private @Nullable Device own; // the last source of such news
        private boolean others;
        private @Nullable Cause cause; // of all of it

        private Look(Device device, Waiting waiting, boolean first) {
            this.device = device;
            this.waiting = waiting;
            this.first = first;
        }
    }

    /** A probe that was handed to a thread and has not ended. */
    private final class Run implements Runnable {
        private final Device device;
        private final @Nullable Driver driver; // null for any that fits
        private final @Nullable Cause cause;
        private @Nullable Thread thread; // guarded by Probes; null if it has not begun

        Run(Device device, @Nullable Driver driver, @Nullable Cause cause) {
            this.device = device;
            this.driver = driver;
            this.cause = cause;
        }

        @Override
        public void run() {
            synchronized (Probes.this) {
                thread = Thread.currentThread();
            }
            CAUSE.set(cause);
            try {
                if (driver == null) {
                    device.attach();
                } else {
                    device.bind(driver);
                }
            } catch (Throwable e) {
                Reports.error(LOG, "looking for a driver of {} failed", device, e);
            } finally {
                CAUSE.remove();
                ended(this);
            }
        }
    }

    Probes() {
        this(DaemonThreads.pool("device-probe", THREADS));
    }

    Probes(Executor pool) {
        this.pool = pool;
    }

    // what causes what

    /** The cause of what this thread does; who calls {@link #enter} puts it back. */
    static @Nullable Cause current() {
        return CAUSE.get();
    }

    /** This thread's probe of a device begins. */
    static void enter(Device device) {
        CAUSE.set(new Cause(device, CAUSE.get()));
    }

    /** The cause of a device that is added now. */
    static @Nullable Cause ofAdding() {
        return Cause.unbound(CAUSE.get());
    }

    private static @Nullable Cause ofNews(Device source) {
        return Cause.unbound(Cause.join(source.addedIn(), CAUSE.get()));
    }

    private static boolean isOwn(Device device, Device source, @Nullable Cause cause) {
        for (Device each = source.parent(); each != null; each = each.parent()) {
            if (each == device) {
                return true;
            }
        }
        return Cause.has(cause, device);
    }

    // news

    /** From now on no news is missed; ended by {@link #end} or {@link #defer}. */
    synchronized Look look(Device device) {
        Waiting waiting = known.get(device);
        boolean first = waiting == null;
        if (waiting == null) {
            waiting = new Waiting();
        }
        Look look = new Look(device, waiting, first);
        looks.add(look);
        known.put(device, waiting);
        return look;
    }

    /** The device need not wait. */
    synchronized void end(Look look) {
        looks.remove(look);
        if (look.first && !look.waiting.waits) {
            known.remove(look.device, look.waiting);
        }
    }

    /** Lets the device wait for the next news; if there was some since the look, it is that. */
    void defer(Look look, String why) {
        Device device = look.device;
        boolean again = false;
        synchronized (this) {
            looks.remove(look);
            // Who binds it or takes it away forgets it here after that.
            if (device.isBound() || device.isGone()) {
                known.remove(device, look.waiting);
                return;
            }
            Waiting waiting = look.waiting;
            known.put(device, waiting);
            waiting.why = why;
            waiting.waits = true;
            if (look.others || look.own != null) {
                again = wants(device, waiting, look.others ? null : look.own);
            }
        }
        if (again) {
            probeAgain(device, look.cause);
        } else {
            tell(look.waiting);
        }
    }

    /** Lets the device wait because it could not be looked for a driver. */
    void keep(Device device, String why) {
        defer(look(device), why);
    }

    /** Whether a device that waits is to be probed again; under the lock. */
    private boolean wants(Device device, Waiting waiting, @Nullable Device ownSource) {
        if (ownSource == null) {
            waiting.ownTries = 0;
            waiting.told = false;
            return true;
        }
        if (waiting.ownTries < MOST_OWN_TRIES) {
            waiting.ownTries++;
            return true;
        }
        if (!waiting.told) {
            waiting.told = true;
            waiting.toTell = goesRound(device, waiting, ownSource);
        }
        return false;
    }

    private static String goesRound(Device device, Waiting waiting, Device source) {
        return device
                + " was probed "
                + (MOST_OWN_TRIES + 1)
                + " times in a row because of its own probe, which has "
                + source
                + " bound and is then deferred (\""
                + waiting.why
                + "\"); it waits for another device now. Let probe add devices last, when nothing"
                + " can be missing any more";
    }

    private void tell(Waiting waiting) {
        String text;
        synchronized (this) {
            text = waiting.toTell;
            waiting.toTell = null;
        }
        if (text != null) {
            Reports.warn(LOG, "a probe that makes its own news: {}", text);
        }
    }

    /** A device was bound, or offers something new: those that wait look again. Never throws. */
    void somethingNew(Device source) {
        try {
            Cause cause = ofNews(source);
            List<Device> again = new ArrayList<>();
            List<Waiting> not = new ArrayList<>();
            synchronized (this) {
                for (Look look : looks) {
                    look.cause = Cause.join(cause, look.cause);
                    if (isOwn(look.device, source, cause)) {
                        look.own = source;
                    } else {
                        look.others = true;
                    }
                }
                for (Map.Entry<Device, Waiting> each : known.entrySet()) {
                    Device device = each.getKey();
                    Device own = isOwn(device, source, cause) ? source : null;
                    if (!each.getValue().waits) {
                        continue;
                    }
                    if (wants(device, each.getValue(), own)) {
                        again.add(device);
                    } else {
                        not.add(each.getValue());
                    }
                }
            }
            for (Device device : again) {
                probeAgain(device, cause);
            }
            for (Waiting each : not) {
                tell(each);
            }
        } catch (Throwable e) { // those not told still wait
            Reports.error(LOG, "not all that wait were told of {}", source, e);
        }
    }

    /** A device is bound or gone, and waits for nothing. */
    synchronized void forget(Device device) {
        known.remove(device);
    }

    /** The devices whose probe waits for something, with what for; a snapshot. */
    synchronized Map<Device, String> deferred() {
        Map<Device, String> snapshot = new LinkedHashMap<>();
        known.forEach(
                (device, waiting) -> {
                    if (waiting.waits) {
                        snapshot.put(device, waiting.why);
                    }
                });
        return Collections.unmodifiableMap(snapshot);
    }

    // other threads

    private void probeAgain(Device device, @Nullable Cause cause) {
        Waiting waiting;
        synchronized (this) {
            waiting = known.get(device);
            if (waiting == null || !waiting.waits) {
                return; // another one has it probed
            }
            waiting.waits = false;
        }
        if (!start(device, null, cause)) {
            synchronized (this) {
                waiting.waits = true;
            }
        }
    }

    /** Has a driver tried on a thread of the model's. */
    void probeLater(Device device, Driver driver) {
        if (!start(device, driver, CAUSE.get())) {
            keep(device, "no thread was to be had for its probe");
        }
    }

    /** False if no thread was to be had; nothing was started then. */
    private boolean start(Device device, @Nullable Driver driver, @Nullable Cause cause) {
        Run run = null;
        try {
            run = new Run(device, driver, cause);
            synchronized (this) {
                runs.add(run);
            }
            pool.execute(run);
            return true;
        } catch (Throwable e) {
            if (run != null) {
                ended(run);
            }
            Reports.error(LOG, "no thread for the probe of {}; it waits for news", device, e);
            return false;
        }
    }

    private synchronized void ended(Run run) {
        runs.remove(run);
        notifyAll();
    }

    /** See {@link DeviceModel#waitForProbes}. */
    void await(long slowNanos) throws InterruptedException {
        synchronized (this) {
            for (Run each : runs) {
                if (each.thread == Thread.currentThread()) {
                    throw new IllegalStateException(
                            "DeviceModel.waitForProbes() in the probe of "
                                    + each.device
                                    + " would wait for itself; call it on another thread");
                }
            }
        }
        String circle = WaitCircles.enter(new RunsEnd());
        if (circle != null) {
            throw new IllegalStateException(
                    "DeviceModel.waitForProbes() would wait for itself through others: " + circle);
        }
        try {
            SlowWait.whileTrueInterruptibly(
                    this,
                    () -> !runs.isEmpty(),
                    slowNanos,
                    LOG,
                    "DeviceModel.waitForProbes() still waits",
                    () ->
                            runs.stream()
                                    .map(
                                            it ->
                                                    new SlowWait.Culprit(
                                                            "probe of " + it.device, it.thread))
                                    .toList());
        } finally {
            WaitCircles.left();
        }
    }

    /** That all have ended. */
    private final class RunsEnd implements WaitCircles.Awaited {
        @Override
        public List<Thread> blockedBy() {
            synchronized (Probes.this) {
                return runs.stream().map(each -> each.thread).filter(Objects::nonNull).toList();
            }
        }

        @Override
        public boolean needsAll() {
            return true;
        }

        @Override
        public String toString() {
            return "all probes on threads of the model's";
        }
    }
}

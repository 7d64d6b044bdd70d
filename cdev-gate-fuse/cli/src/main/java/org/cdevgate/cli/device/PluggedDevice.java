package org.cdevgate.cli.device;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.CallLog;
import org.cdevgate.drivers.filter.FilteredDriver;
import org.cdevgate.drivers.filter.UnplugAtCall;
import org.cdevgate.drivers.filter.UnplugPlan;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device in a mount: plugged in, unplugged and plugged in again, as its plans say or somebody
 * asks. Each time it is plugged in it has a new gate before the same driver.
 *
 * <pre>
 *   AWAY ──plug()──▶ PLUGGED ──unplug(), a plan──▶ GOING ──torn down──▶ AWAY
 *                                                    └─ end() ─▶ nothing happens by itself any more
 * </pre>
 */
public final class PluggedDevice {
    private static final Logger LOG = LoggerFactory.getLogger(PluggedDevice.class);

    private final String name;
    private final String path;
    private final KindDevice device;
    private final List<WrittenPlan> plans;
    private final DeviceMount mount;
    private final DeviceNames names;
    private final ScheduledExecutorService timer;
    private final CallLog log = new CallLog();
    private final CallsInside inside = new CallsInside();
    private final FilteredDriver driver;

    // Guarded by this.
    private @Nullable FopsGate gate; // the newest; null before the first
    private final List<FopsGate> gates = new ArrayList<>();
    private final List<ScheduledFuture<?>> timers = new ArrayList<>();
    private final List<Unplugging> unpluggings = new ArrayList<>();
    private final Map<WrittenPlan, Integer> fired = new HashMap<>();
    private @Nullable CompletableFuture<RemovalOutcome> newest; // removal
    private boolean running;
    private boolean ended;

    /**
     * @param path of its node in the mount
     * @param timer runs what the time decides; nothing that blocks
     */
    PluggedDevice(
            PlannedDevice planned,
            String path,
            DeviceMount mount,
            DeviceNames names,
            ScheduledExecutorService timer) {
        this.name = planned.name();
        this.path = path;
        this.device = planned.device();
        this.plans = planned.plans();
        this.mount = mount;
        this.names = names;
        this.timer = timer;
        driver = new FilteredDriver(device.driver(), filters(planned));
    }

    private List<CallFilter> filters(PlannedDevice planned) {
        List<CallFilter> filters = new ArrayList<>();
        filters.add(log); // these two first: they tell what callers get
        filters.add(inside);
        filters.addAll(planned.observers());
        for (WrittenPlan each : plans) {
            UnplugPlan plan = each.plan();
            if (plan.match() != null && plan.moment() != null) {
                filters.add(
                        new UnplugAtCall(plan.match(), plan.moment(), hit -> unplug(hit, each)));
            }
        }
        planned.faults().forEach(each -> filters.add(each.filter()));
        return filters;
    }

    /** Its name below /dev. */
    public String name() {
        return name;
    }

    /** What was called, and what callers got. */
    public CallLog log() {
        return log;
    }

    /** Grows with each call, those included that a removal refuses. */
    public long calls() {
        return log.calls() + refused();
    }

    /** Calls that a removal ended without the driver, or that came after one. */
    public synchronized long refused() {
        return gates.stream().mapToLong(each -> each.counters().refused()).sum();
    }

    /** Plans that have not come true yet. */
    public synchronized List<WrittenPlan> unfired() {
        return plans.stream().filter(each -> !fired.containsKey(each)).toList();
    }

    /** Its removals, the oldest first. */
    public synchronized List<Unplugging> unpluggings() {
        return List.copyOf(unpluggings);
    }

    /** The gate of now, or of the last time it was plugged in; null if it never was. */
    public synchronized @Nullable FopsGate gate() {
        return gate;
    }

    /** Whether its name is there and calls reach it. */
    public synchronized boolean isPlugged() {
        return gate != null && !gate.isRemoving();
    }

    /** Whether it is gone and no plan brings it back. */
    public synchronized boolean isGoneForGood() {
        return !isPlugged()
                && !unpluggings.isEmpty()
                && unpluggings.get(unpluggings.size() - 1).replug() == null;
    }

    /**
     * Plugs it in.
     *
     * @throws IllegalStateException if it is plugged in, or its last removal has not finished
     */
    public synchronized void plug() throws IOException {
        if (gate != null && !gate.isRemoved()) {
            throw new IllegalStateException(
                    name + (gate.isRemoving() ? " is still going" : " is plugged in"));
        }
        FopsGate fresh = device.configure(FopsGate.builder(name, driver)).build();
        try {
            fresh.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged() {
                                    names.vanish(name);
                                }
                            });
        } catch (ErrnoException e) {
            throw new IllegalStateException(fresh + " is new", e);
        }
        mount.register(fresh, DeviceNode.named(path));
        gate = fresh;
        gates.add(fresh);
        names.appear(name);
        if (running) {
            startTimers(fresh);
        }
    }

    /** Its program runs: what the time decides begins now. */
    public synchronized void start() {
        running = true;
        if (gate != null) {
            startTimers(gate);
        }
    }

    private void startTimers(FopsGate plugged) {
        if (device.period() != null) {
            long nanos = device.period().toNanos();
            timers.add(timer.scheduleAtFixedRate(this::tick, nanos, nanos, TimeUnit.NANOSECONDS));
        }
        for (WrittenPlan each : plans) {
            UnplugPlan plan = each.plan();
            if (plan.time() != null && fired.getOrDefault(each, 0) < plan.times()) {
                timers.add(
                        timer.schedule(
                                () -> unplug(plugged, each),
                                plan.time().toNanos(),
                                TimeUnit.NANOSECONDS));
            }
        }
    }

    private void tick() {
        try {
            device.tick();
        } catch (RuntimeException e) {
            LOG.error("{} has stopped working", name, e);
            throw e; // ends the repetition
        }
    }

    /** A plan comes true for a gate; when this returns that is flagged. */
    private synchronized void unplug(FopsGate plugged, WrittenPlan by) {
        if (plugged == gate && !plugged.isRemoving() && !ended) {
            fired.merge(by, 1, Integer::sum);
            newest = begin(plugged, by.text(), by.plan().replug());
        }
    }

    /**
     * Unplugs it; when this returns its name is gone and its sleepers are woken.
     *
     * @param cause for the account
     * @param replug after how long it is plugged in again; null if never
     * @return completes after the drain and the teardown; at once if it is unplugged already
     */
    public synchronized CompletableFuture<RemovalOutcome> unplug(
            String cause, @Nullable Duration replug) {
        if (gate == null) {
            throw new IllegalStateException(name + " was never plugged in");
        }
        if (gate.isRemoving()) {
            return gate.unregisterAsync();
        }
        newest = begin(gate, cause, replug);
        return newest;
    }

    private CompletableFuture<RemovalOutcome> begin(
            FopsGate plugged, String cause, @Nullable Duration replug) {
        cancelTimers();
        Unplugging unplugging = new Unplugging(cause, replug, inside.met(plugged));
        unpluggings.add(unplugging);
        return plugged.unregisterAsync()
                .whenComplete(
                        (outcome, failure) -> {
                            unplugging.drained();
                            if (replug != null) {
                                plugLater(
                                        unplugging.began() + replug.toNanos() - System.nanoTime());
                            }
                        });
    }

    /** Waits until the newest removal has finished, if there was one; no longer than this. */
    void awaitDrained(Duration limit) throws InterruptedException {
        CompletableFuture<RemovalOutcome> removal;
        synchronized (this) {
            if (newest == null) {
                return;
            }
            removal = newest;
        }
        try {
            removal.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the removal of {} has not finished", name, e); // as the account will tell
        }
    }

    private synchronized void plugLater(long nanos) {
        if (!ended) {
            timers.add(timer.schedule(this::plugAgain, nanos, TimeUnit.NANOSECONDS));
        }
    }

    private synchronized void plugAgain() {
        if (ended || isPlugged()) {
            return;
        }
        try {
            plug();
        } catch (IOException | RuntimeException e) {
            LOG.error("{} cannot be plugged in again: {}", name, e.getMessage());
        }
    }

    private void cancelTimers() {
        timers.forEach(each -> each.cancel(false));
        timers.clear();
    }

    /** Its program has ended: nothing happens by itself any more. */
    public synchronized void end() {
        ended = true;
        cancelTimers();
    }
}

package org.cdevgate.cli.device;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.CallLog;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.drivers.filter.FilteredDriver;
import org.cdevgate.drivers.filter.UnplugAtCall;
import org.cdevgate.drivers.filter.UnplugPlan;
import org.cdevgate.drivers.kind.KindDevice;
import org.cdevgate.fuse.DeviceMount;
import org.cdevgate.fuse.DeviceNode;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.RemovalListener;
import org.cdevgate.gate.calls.CallInFlight;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device of a run: plugged in, unplugged and plugged in again as its plans say. */
public final class PluggedDevice {
    private static final Logger LOG = LoggerFactory.getLogger(PluggedDevice.class);

    /** Hears of names before and after they are in the mount. */
    public interface Names {
        void appear(String name) throws IOException;

        void vanish(String name);
    }

    /** A plan, how it was written, and how often it has come true. */
    public static final class Plan {
        private final UnplugPlan plan;
        private final String text;
        private int fired; // guarded by the device

        public Plan(UnplugPlan plan, String text) {
            this.plan = plan;
            this.text = text;
        }

        /** As it was written. */
        public String text() {
            return text;
        }
    }

    private final String name;
    private final KindDevice device;
    private final DeviceMount mount;
    private final Names names;
    private final ScheduledExecutorService timer;
    private final List<Plan> plans;
    private final CallLog log = new CallLog();
    private final FilteredDriver driver;

    // Guarded by this.
    private FopsGate gate;
    private final List<FopsGate> gates = new ArrayList<>();
    private final List<ScheduledFuture<?>> timers = new ArrayList<>();
    private final List<Unplugging> unpluggings = new ArrayList<>();
    private boolean running;
    private boolean ended;

    public PluggedDevice(
            String name,
            KindDevice device,
            List<Plan> plans,
            List<FaultPlan> faults,
            DeviceMount mount,
            Names names,
            ScheduledExecutorService timer) {
        this.name = name;
        this.device = device;
        this.plans = plans;
        this.mount = mount;
        this.names = names;
        this.timer = timer;
        List<CallFilter> filters = new ArrayList<>();
        filters.add(log);
        for (Plan each : plans) {
            if (each.plan.match() != null) {
                filters.add(
                        new UnplugAtCall(
                                each.plan.match(),
                                each.plan.moment(),
                                theGate -> unplug(theGate, each)));
            }
        }
        faults.forEach(each -> filters.add(each.filter()));
        driver = new FilteredDriver(device.driver(), filters);
    }

    public String name() {
        return name;
    }

    public CallLog log() {
        return log;
    }

    public List<Plan> plans() {
        return plans;
    }

    public synchronized boolean hasFired(Plan plan) {
        return plan.fired > 0;
    }

    public synchronized List<Unplugging> unpluggings() {
        return List.copyOf(unpluggings);
    }

    /** Calls that were refused after a removal. */
    public synchronized long refused() {
        return gates.stream().mapToLong(each -> each.counters().refused()).sum();
    }

    /** Whether it is gone and no plan brings it back. */
    public synchronized boolean isGoneForGood() {
        return !unpluggings.isEmpty()
                && gate.isRemoving()
                && unpluggings.get(unpluggings.size() - 1).replug() == null;
    }

    /** Plugs it in. */
    public synchronized void plug() throws IOException {
        gate = device.configure(FopsGate.builder(name, driver)).build();
        gates.add(gate);
        try {
            gate.front()
                    .addRemovalListener(
                            new RemovalListener() {
                                @Override
                                public void onFlagged(FopsGate flagged) {
                                    names.vanish(name);
                                }
                            });
        } catch (ErrnoException e) {
            throw new IOException(name + " is removed already", e);
        }
        mount.register(gate, DeviceNode.named(name));
        names.appear(name);
        if (running) {
            startTimers();
        }
    }

    /** The program runs: what the time decides begins now. */
    public synchronized void start() {
        running = true;
        startTimers();
    }

    private void startTimers() {
        FopsGate plugged = gate;
        if (device.period() != null) {
            long nanos = device.period().toNanos();
            timers.add(timer.scheduleAtFixedRate(this::tick, nanos, nanos, TimeUnit.NANOSECONDS));
        }
        for (Plan each : plans) {
            if (each.plan.time() != null && each.fired < each.plan.times()) {
                timers.add(
                        timer.schedule(
                                () -> unplug(plugged, each),
                                each.plan.time().toNanos(),
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

    /** Begins the removal; when this returns the gate is flagged. */
    private void unplug(FopsGate plugged, Plan plan) {
        synchronized (this) {
            if (!plugged.isRemoving() && plugged == gate && !ended) {
                plan.fired++;
                timers.forEach(each -> each.cancel(false));
                timers.clear();
                Unplugging unplugging =
                        new Unplugging(plan.text, plan.plan.replug(), inFlight(plugged));
                unpluggings.add(unplugging);
                plugged.unregisterAsync().whenComplete((outcome, failure) -> unplugging.drained());
                if (plan.plan.replug() != null) {
                    timer.schedule(
                            this::replug, plan.plan.replug().toNanos(), TimeUnit.NANOSECONDS);
                }
            }
        }
    }

    private static List<String> inFlight(FopsGate gate) {
        List<String> calls = new ArrayList<>();
        for (CallInFlight each : gate.callsInFlight()) {
            String verb = each.verb().name().toLowerCase(java.util.Locale.ROOT);
            String state = "";
            if (each.hasFile() && (each.isThreadless() || each.waitingOn() != null)) {
                int answer = gate.removalProfile().blocked(each.verb());
                state =
                        " asleep, gets "
                                + (answer < 0 ? Errno.describe(-answer) : String.valueOf(answer));
            }
            calls.add(verb + state);
        }
        return calls;
    }

    private void replug() {
        FopsGate before;
        synchronized (this) {
            before = gate;
        }
        before.awaitRemoval();
        synchronized (this) {
            if (ended) {
                return;
            }
            try {
                plug();
            } catch (IOException | RuntimeException e) {
                LOG.error("{} cannot be plugged in again: {}", name, e.getMessage());
            }
        }
    }

    /** The program has ended: nothing happens by itself any more. */
    public synchronized void end() {
        ended = true;
        timers.forEach(each -> each.cancel(false));
        timers.clear();
    }

    /** One removal. */
    public static final class Unplugging {
        private final String plan;
        private final Duration replug;
        private final List<String> inFlight;
        private final long began = System.nanoTime();
        private volatile long drainNanos = -1;

        Unplugging(String plan, Duration replug, List<String> inFlight) {
            this.plan = plan;
            this.replug = replug;
            this.inFlight = inFlight;
        }

        private void drained() {
            drainNanos = System.nanoTime() - began;
        }

        public String plan() {
            return plan;
        }

        public Duration replug() {
            return replug;
        }

        public List<String> inFlight() {
            return inFlight;
        }

        /** System.nanoTime() of the beginning. */
        public long began() {
            return began;
        }

        /** From the flag to the end of the teardown; negative if it has not ended. */
        public long drainNanos() {
            return drainNanos;
        }
    }
}

package org.cdevgate.cli.explore;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.cdevgate.cli.device.DeviceRequests;
import org.cdevgate.cli.device.PlannedDevice;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.device.WrittenPlan;
import org.cdevgate.cli.exit.CommandFailure;
import org.cdevgate.cli.exit.ExitCodes;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.drivers.filter.CallMatch;
import org.cdevgate.drivers.filter.FaultPlan;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/** One run of the program, on devices of its own. */
final class Run {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long SHORTLY = Duration.ofMillis(1).toNanos();
    private static final Duration DUE = Duration.ofSeconds(10);

    private final Lane lane;
    private final @Nullable Point point;
    private final Watch.Limits limits;
    private final BooleanSupplier stopped;

    private final Map<String, Recording> recordings = new LinkedHashMap<>();
    private final List<PluggedDevice> devices = new ArrayList<>();
    private @Nullable PluggedDevice target;
    private final long began = System.nanoTime();

    /** Whether no process of the program is left. */
    private boolean empty;

    /** How many calls there had been when the fault came; negative before. */
    private volatile long faultAt = -1;

    /**
     * @param point where something goes wrong; null for a base run
     * @param stopped whether the user has had enough
     */
    Run(Lane lane, @Nullable Point point, Watch.Limits limits, BooleanSupplier stopped) {
        this.lane = lane;
        this.point = point;
        this.limits = limits;
        this.stopped = stopped;
    }

    /**
     * Runs it to its end.
     *
     * @param kept how many calls of each device to write down
     * @param replug how long an unplugged device is away; null for ever
     */
    RunResult go(DeviceRequests requests, int kept, @Nullable Duration replug)
            throws IOException, InterruptedException, CommandFailure {
        plug(requests, kept, replug);
        try {
            lane.spawner().start();
            devices.forEach(PluggedDevice::start);
            return watch();
        } finally {
            if (!empty) {
                lane.processes().end();
            }
            unplug();
        }
    }

    private void plug(DeviceRequests requests, int kept, @Nullable Duration replug)
            throws IOException, CommandFailure {
        Map<String, List<WrittenPlan>> plans = new HashMap<>();
        if (point != null && point.fault().isUnplug()) {
            plans.put(point.device(), List.of(WrittenPlan.parse(point.plan(replug))));
        }
        for (PlannedDevice each : requests.make(plans)) {
            Recording recording = new Recording(kept, this::deadFiles);
            recordings.put(each.name(), recording);
            boolean isTarget = point != null && point.device().equals(each.name());
            List<FaultPlan> faults = new ArrayList<>();
            if (point != null && isTarget && !point.fault().isUnplug()) {
                faults.add(noted(FaultPlan.parse(point.plan(null)), recording));
            }
            faults.addAll(each.faults());
            PluggedDevice device =
                    lane.devices()
                            .plug(
                                    "",
                                    new PlannedDevice(
                                            each.name(),
                                            each.device(),
                                            List.of(recording),
                                            each.plans(),
                                            faults),
                                    lane.names());
            devices.add(device);
            if (isTarget) {
                target = device;
            }
        }
    }

    private FaultPlan noted(FaultPlan plan, Recording recording) {
        CallFilter fault = plan.fault();
        return new FaultPlan(
                plan.match(),
                call -> {
                    faultAt = recording.begun();
                    return fault.around(call);
                });
    }

    private int deadFiles() {
        int alive = 0;
        for (FopsGate each : lane.devices().mount().gates()) {
            alive += each.openFiles().size();
        }
        return lane.devices().mount().openFiles() - alive;
    }

    private RunResult watch() throws IOException, InterruptedException, CommandFailure {
        Watch watch = new Watch(limits, began);
        Spawner.Status status = null;
        Watch.Stop stop = null;
        while (stop == null && !stopped.getAsBoolean()) {
            if (status == null) {
                status = lane.spawner().await(LOOK);
            }
            if (status != null) {
                empty = lane.processes().members().isEmpty();
                if (empty) {
                    break;
                }
                LockSupport.parkNanos(SHORTLY);
            }
            stop = watch.look(look());
        }
        long nanos = System.nanoTime() - began;
        awaitHit();
        boolean childrenLeft = status != null && stop != null;
        boolean childKeeps = childrenLeft && lane.devices().mount().openFiles() > 0;
        if (!empty) {
            lane.processes().end();
        }
        if (status == null) {
            if (lane.spawner().await(DUE) == null) {
                throw new CommandFailure(ExitCodes.FAILED, "the program was killed and stays");
            }
        }
        return result(status, stop, childrenLeft, childKeeps, nanos);
    }

    private Look look() {
        return new Look(
                System.nanoTime(),
                begun(),
                devices.stream().mapToLong(PluggedDevice::refused).sum(),
                lane.written(),
                lane.processes().isBusy(),
                isHit(),
                devices.stream().allMatch(PluggedDevice::isPlugged),
                again());
    }

    private long begun() {
        return recordings.values().stream().mapToLong(Recording::begun).sum();
    }

    private boolean isHit() {
        if (point == null || target == null) {
            return false;
        }
        return point.fault().isUnplug() ? target.unfired().isEmpty() : faultAt >= 0;
    }

    private long again() {
        if (point == null) {
            return 0;
        }
        Recording recording = recording(point);
        if (point.fault().isUnplug()) {
            return recording.begunAgain();
        }
        return faultAt < 0 ? 0 : recording.begun() - faultAt;
    }

    private Recording recording(Point of) {
        Recording recording = recordings.get(of.device());
        if (recording == null) {
            throw new IllegalStateException("there is no device " + of.device());
        }
        return recording;
    }

    /** The program may have ended before the thread came that unplugs after a call's answer. */
    private void awaitHit() {
        if (point == null || !point.fault().isUnplug()) {
            return;
        }
        long made = recording(point).counts().getOrDefault(Recording.kind(point.call()), 0L);
        boolean reached = made >= point.call().nth();
        long until = System.nanoTime() + DUE.toNanos();
        while (reached && !isHit() && System.nanoTime() < until) {
            LockSupport.parkNanos(SHORTLY / 10);
        }
    }

    private RunResult result(
            Spawner.@Nullable Status status,
            Watch.@Nullable Stop stop,
            boolean childrenLeft,
            boolean childKeeps,
            long nanos)
            throws IOException {
        Map<String, List<RecordedCall>> calls = new LinkedHashMap<>();
        Map<String, Map<CallMatch, Long>> counts = new HashMap<>();
        recordings.forEach(
                (device, recording) -> {
                    calls.put(device, recording.calls());
                    counts.put(device, recording.counts());
                });
        boolean hit = isHit();
        return new RunResult(
                status,
                stop,
                childrenLeft,
                nanos,
                calls,
                begun(),
                hit,
                hit && isTold(),
                again(),
                counts,
                childKeeps || recordings.values().stream().anyMatch(Recording::isFileKept),
                lane.output(),
                lane.errors());
    }

    private boolean isTold() {
        if (point == null || target == null) {
            return false;
        }
        if (!point.fault().isUnplug()) {
            return point.fault().isError();
        }
        FopsGate gate = target.gate();
        boolean refusalTells = gate != null && gate.removalProfile().later(Verb.READ) < 0;
        return recording(point).isTold() || (refusalTells && target.refused() > 0);
    }

    private void unplug() throws IOException, InterruptedException, CommandFailure {
        for (PluggedDevice each : devices) {
            try {
                lane.devices().remove(each).get(Lane.drainLimit().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                FopsGate gate = each.gate();
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        "the driver of "
                                + each.name()
                                + " does not let its device go: "
                                + (gate == null ? "" : gate.report().toString()));
            } catch (ExecutionException e) {
                throw new IOException(each.name() + " cannot be removed", e.getCause());
            }
        }
    }
}

package org.cdevgate.cli.hold;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.cli.device.DeviceNames;
import org.cdevgate.cli.device.PlannedDevice;
import org.cdevgate.cli.device.PluggedDevice;
import org.cdevgate.cli.timeline.CallRecorder;
import org.cdevgate.cli.timeline.RecordedCall;
import org.cdevgate.cli.timeline.RemovalRecord;
import org.cdevgate.drivers.filter.CallFilter;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.front.RemovalListener;
import org.jspecify.annotations.Nullable;

/** A device of a holder: what can be done to it while it is held, and what is kept of it. */
final class HeldDevice implements DeviceNames {
    private final PlannedDevice asked;
    private final Events events;
    private final Interventions interventions = new Interventions();
    private final CallRecorder recorder = new CallRecorder(this::answered);
    private volatile @Nullable PluggedDevice device;
    private volatile @Nullable RemovalRecord lastRemoval;

    HeldDevice(PlannedDevice asked, Events events) {
        this.asked = asked;
        this.events = events;
    }

    /** As it is to be plugged in, with this for its names. */
    PlannedDevice planned() {
        List<CallFilter> observers = new ArrayList<>();
        observers.add(recorder);
        observers.addAll(interventions.filters());
        return new PlannedDevice(
                asked.name(), asked.device(), observers, asked.plans(), asked.faults());
    }

    /** It stands in the mount for the first time. */
    void plugged(PluggedDevice first) {
        device = first;
        appear(first.name());
    }

    String name() {
        return asked.name();
    }

    PluggedDevice device() {
        PluggedDevice plugged = device;
        if (plugged == null) {
            throw new IllegalStateException(name() + " is not plugged in yet");
        }
        return plugged;
    }

    /** The gate of now, or of the last time. */
    FopsGate gate() {
        FopsGate gate = device().gate();
        if (gate == null) {
            throw new IllegalStateException(name() + " has been plugged in, so it has a gate");
        }
        return gate;
    }

    Interventions interventions() {
        return interventions;
    }

    /** Null before the first removal. */
    @Nullable RemovalRecord lastRemoval() {
        return lastRemoval;
    }

    /** {@code plugged}, {@code going} or {@code away}. */
    String state() {
        FopsGate gate = gate();
        return !gate.isRemoving() ? "plugged" : gate.isRemoved() ? "away" : "going";
    }

    @Override
    public void appear(String name) {
        if (device == null) {
            return; // plugged(...) comes next
        }
        watch(gate());
        events.tell("plugged", Map.of("device", name));
    }

    private void watch(FopsGate gate) {
        Watch watch = new Watch(gate);
        try {
            gate.front().addRemovalListener(watch);
        } catch (ErrnoException e) {
            // It is gone already: without what its sleepers got, which nobody has noted.
            watch.onFlagged();
            CompletableFuture<?> unused =
                    gate.unregisterAsync().whenComplete((outcome, failure) -> watch.onDrained());
        }
    }

    /** Runs through a removal of a gate that is nowhere published. */
    void warmUp() {
        FopsGate gate =
                asked.device().configure(FopsGate.builder(name(), asked.device().driver())).build();
        watch(gate);
        gate.unregisterSync();
        RemovalRecord removal = lastRemoval;
        if (removal != null) {
            removal.timeline();
        }
    }

    @Override
    public void vanish(String name) {
        // Watch hears of it, with the gate.
    }

    private void answered(RecordedCall call) {
        if (events.isWanted("call")) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("device", name());
            event.put("call", call.name());
            event.put("answer", call.answer());
            event.put("pid", call.pid());
            event.put("tid", call.tid());
            event.put("micros", (call.endNanos() - call.startNanos()) / 1_000);
            events.tell("call", event);
        }
    }

    private final class Watch implements RemovalListener {
        private final FopsGate gate;
        private @Nullable RemovalRecord removal; // the remover's alone

        Watch(FopsGate gate) {
            this.gate = gate;
        }

        @Override
        public void onFlagged() {
            RemovalRecord begun = new RemovalRecord(gate, recorder);
            removal = begun;
            lastRemoval = begun;
            events.tell("flagged", Map.of("device", name()));
        }

        @Override
        public void onDrained() {
            if (removal != null) {
                removal.drained();
            }
            events.tell("drained", Map.of("device", name()));
        }
    }
}

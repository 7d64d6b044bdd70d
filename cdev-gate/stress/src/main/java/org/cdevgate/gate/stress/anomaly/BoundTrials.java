package org.cdevgate.gate.stress.anomaly;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.cdevgate.async.IrqLine;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.devres.DevresGroup;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.revocable.Revocable;

/** Bound devices and their resources, with anomalies. */
final class BoundTrials {
    private final ExecutorService others;
    private final Map<String, Supplier<Trial>> all;

    BoundTrials(ExecutorService others, Map<String, Supplier<Trial>> all) {
        this.others = others;
        this.all = all;
    }

    /** All of them. */
    void add() {
        bindings();
        managed();
    }

    private void managed() {
        onManaged("registration of a resource", made -> made.addResource("clock", new Object()));
        onManaged("registration of an action", made -> made.addAction("clock off"));
        onManaged("early release of a resource", made -> made.devres.release(made.registers));
        all.put("release of a group of resources", ReleaseOfAGroup::new);
        onManaged("opening and closing of a group", made -> made.addGroupOf(1));
        all.put(
                "release of all resources",
                () ->
                        new OnManaged(made -> {}) {
                            @Override
                            public void run() {
                                device().unbind();
                            }
                        });
    }

    private void onManaged(String name, Step<Managed> step) {
        all.put(name, () -> new OnManaged(step));
    }

    /** A device with a managed resource. */
    private class OnManaged extends OnBound<Managed> {
        OnManaged(Step<Managed> step) {
            super(others, bound -> new Managed(bound.devres()), step);
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public String judge() throws Exception {
            String wrong = super.judge();
            return wrong != null ? wrong : made.wrong();
        }
    }

    private final class ReleaseOfAGroup extends OnManaged {
        private DevresGroup group;

        ReleaseOfAGroup() {
            super(made -> {});
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            group = made.addGroupOf(2);
        }

        @Override
        public void run() {
            group.release();
        }
    }

    private void bindings() {
        onBound(
                "interrupt",
                bound -> {
                    IrqLine line = new IrqLine("irq");
                    line.request(bound, proof -> proof.isValid());
                    return line;
                },
                IrqLine::raise);
        onBound(
                "call of a bound driver",
                bound -> bound.addCaller("caller"),
                caller -> caller.tryRun(BoundDevice::check));
        all.put(
                "proof by hand",
                () ->
                        new UseByHand<Device, BoundDevice>(
                                BoundDevice::device, device -> device.tryEnter().orElseThrow()));
        onBound(
                "use of a resource",
                BoundTrials::resource,
                resource -> resource.tryAccess(String::length));
        all.put(
                "use of a resource by hand",
                () -> new UseByHand<>(BoundTrials::resource, Revocable::tryAccess));
        onWhole("unbinding", Device::unbind);
        onWhole("unplugging of a device with a child", Device::remove);
        onWhole(
                "plugging of a child",
                device -> device.bus().newDevice("late").parent(device).add());
    }

    private static Revocable<String> resource(BoundDevice bound) {
        return Revocable.managed("registers", bound, "registers", gone -> {});
    }

    private <T> void onBound(String name, OnBound.Maker<T> maker, Step<T> step) {
        all.put(name, () -> new OnBound<>(others, maker, step));
    }

    private void onWhole(String name, Step<Device> step) {
        all.put(name, () -> new OnWhole(step));
    }

    /** A use that is ended where nothing fails any more. */
    private final class UseByHand<T, U extends AutoCloseable> extends OnBound<T> {
        private final Function<T, U> begin;
        private U use;

        UseByHand(Maker<T> maker, Function<T, U> begin) {
            super(others, maker, made -> {});
            this.begin = begin;
        }

        @Override
        public void run() {
            use = begin.apply(made);
        }

        @Override
        public String judge() throws Exception {
            if (use != null) {
                use.close();
            }
            return super.judge();
        }
    }

    /** A device with a node and a child; whatever has failed, it can be unplugged once. */
    private final class OnWhole extends OnBound<Device> {
        private final Step<Device> step;
        private final List<FopsGate> nodes = Collections.synchronizedList(new ArrayList<>());
        private int probes;

        OnWhole(Step<Device> step) {
            super(others);
            this.step = step;
        }

        @Override
        Device make(BoundDevice bound) {
            nodes.add(bound.addGate(FopsGate.of("node", new FileOperations() {})));
            probes++;
            return null; // asks nothing of the code under test, which may fail here
        }

        @Override
        public void prepare() throws Exception {
            super.prepare();
            device().bus().newDevice("child").parent(device()).add();
        }

        @Override
        public void run() throws Exception {
            step.run(device());
        }

        @Override
        public String judge() throws Exception {
            String wrong = super.judge();
            if (wrong != null) {
                return wrong;
            }
            try {
                others.submit(() -> device().remove()).get(5, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                return "the removal waits";
            }
            if (!device().bus().devices().isEmpty() || device().references() != 0) {
                return "left on the bus are "
                        + device().bus().devices()
                        + ", and "
                        + device().references()
                        + " references";
            }
            if (nodes.stream().anyMatch(each -> !each.isRemoved())) {
                return "a node is left";
            }
            return removes.get() == probes
                    ? null
                    : probes + " bound, and remove() called " + removes + " times";
        }
    }
}

package org.cdevgate.gate.stress.anomaly;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.cdevgate.async.IrqLine;
import org.cdevgate.device.BoundCaller;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.devres.Devres;
import org.cdevgate.devres.DevresGroup;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.revocable.Revocable;

/** Bound devices and their resources, with anomalies. */
final class BoundScenarios {
    private final ExecutorService others;
    private final Map<String, Supplier<Trial>> all;

    BoundScenarios(ExecutorService others, Map<String, Supplier<Trial>> all) {
        this.others = others;
        this.all = all;
    }

    /** All of them. */
    void add() {
        bindings();
        managed();
    }

    private void managed() {
        all.put(
                "registration of a resource",
                () ->
                        new OnManaged() {
                            @Override
                            public void run() {
                                devres.add("clock", this, gone -> released.incrementAndGet());
                                registered++;
                            }
                        });
        all.put(
                "registration of an action",
                () ->
                        new OnManaged() {
                            @Override
                            public void run() {
                                devres.addAction("clock off", released::incrementAndGet);
                                registered++;
                            }
                        });
        all.put(
                "early release of a resource",
                () ->
                        new OnManaged() {
                            @Override
                            public void run() {
                                devres.release(registers);
                            }
                        });
        all.put(
                "release of a group of resources",
                () ->
                        new OnManaged() {
                            private DevresGroup group;

                            @Override
                            void made(BoundDevice bound) {
                                super.made(bound);
                                group = devres.openGroup("group");
                                for (int i = 0; i < 2; i++) {
                                    devres.addAction("of the group", released::incrementAndGet);
                                    registered++;
                                }
                                group.close();
                            }

                            @Override
                            public void run() {
                                group.release();
                            }
                        });
        all.put(
                "opening and closing of a group",
                () ->
                        new OnManaged() {
                            @Override
                            public void run() {
                                DevresGroup group = devres.openGroup("group");
                                devres.addAction("of it", released::incrementAndGet);
                                registered++;
                                group.close();
                            }
                        });
        all.put(
                "release of all resources",
                () ->
                        new OnManaged() {
                            @Override
                            public void run() {
                                device().unbind();
                            }
                        });
    }

    /**
     * A device with a managed resource, which is released once; so is what is registered here, and
     * what an Error has kept from that at most once.
     */
    private abstract class OnManaged extends OnBound {
        final Object registers = new Object();
        final AtomicInteger released = new AtomicInteger();
        int registered;
        Devres devres;

        OnManaged() {
            super(others);
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        void made(BoundDevice bound) {
            devres = bound.devres();
            devres.add("registers", registers, gone -> released.incrementAndGet());
            registered++;
        }

        @Override
        public String judge() throws Exception {
            String wrong = super.judge();
            if (wrong != null) {
                return wrong;
            }
            if (released.get() < registered || released.get() > registered + 1) {
                return registered + " resources, and " + released + " releases";
            }
            return devres.size() == 0 ? null : "left are " + devres.names();
        }
    }

    private void bindings() {
        all.put(
                "interrupt",
                () ->
                        new OnBound(others) {
                            private final IrqLine line = new IrqLine("irq");

                            @Override
                            void made(BoundDevice bound) {
                                line.request(bound, proof -> proof.isValid());
                            }

                            @Override
                            public void run() {
                                line.raise();
                            }
                        });
        all.put(
                "call of a bound driver",
                () ->
                        new OnBound(others) {
                            private BoundCaller caller;

                            @Override
                            void made(BoundDevice bound) {
                                caller = bound.addCaller("caller");
                            }

                            @Override
                            public void run() {
                                caller.tryRun(BoundDevice::check);
                            }
                        });
        all.put(
                "proof by hand",
                () ->
                        new OnBound(others) {
                            private BoundDevice proof;

                            @Override
                            void made(BoundDevice bound) {}

                            @Override
                            public void run() {
                                proof = device().tryEnter().orElseThrow();
                            }

                            @Override
                            public String judge() throws Exception {
                                if (proof != null) {
                                    proof.close();
                                }
                                return super.judge();
                            }
                        });
        all.put(
                "use of a resource",
                () ->
                        new OnResource() {
                            @Override
                            public void run() {
                                resource.tryAccess(String::length);
                            }
                        });
        all.put(
                "use of a resource by hand",
                () ->
                        new OnResource() {
                            private Revocable.Use<String> use;

                            @Override
                            public void run() {
                                use = resource.tryAccess();
                            }

                            @Override
                            public String judge() throws Exception {
                                if (use != null) {
                                    use.close();
                                }
                                return super.judge();
                            }
                        });
        all.put(
                "unbinding",
                () ->
                        new OnWhole() {
                            @Override
                            public void run() {
                                device().unbind();
                            }
                        });
        all.put(
                "unplugging of a device with a child",
                () ->
                        new OnWhole() {
                            @Override
                            public void run() {
                                device().remove();
                            }
                        });
        all.put(
                "plugging of a child",
                () ->
                        new OnWhole() {
                            @Override
                            public void run() {
                                device().bus().newDevice("late").parent(device()).add();
                            }
                        });
    }

    /** A device with a node and a child; whatever has failed, it can be unplugged once. */
    private abstract class OnWhole extends OnBound {
        private final List<FopsGate> nodes = Collections.synchronizedList(new ArrayList<>());
        private int probes;

        OnWhole() {
            super(others);
        }

        @Override
        public void prepare() {
            super.prepare();
            device().bus().newDevice("child").parent(device()).add();
        }

        @Override
        void made(BoundDevice bound) {
            nodes.add(bound.addGate(FopsGate.of("node", new FileOperations() {})));
            probes++;
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

    private abstract class OnResource extends OnBound {
        Revocable<String> resource;

        OnResource() {
            super(others);
        }

        @Override
        void made(BoundDevice bound) {
            resource = Revocable.managed("registers", bound, "registers", gone -> {});
        }
    }
}

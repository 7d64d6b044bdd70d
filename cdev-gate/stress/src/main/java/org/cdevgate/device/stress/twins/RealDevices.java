package org.cdevgate.device.stress.twins;

import java.util.Optional;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.MiscDevice;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.stress.Machine;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.GateBuilder;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.revocable.Revocable;

/** Devices and what belongs to them, as the library has it. */
final class RealDevices {
    private RealDevices() {}

    /** A device whose memory goes with its last reference. */
    static HeldDevice held(Memory memory) {
        Machine machine = new Machine();
        Device device = machine.bus().newDevice("adapter").onRelease(memory::free).add();
        machine.bind(device, bound -> {});
        return new HeldDevice() {
            @Override
            public void get() {
                device.get();
            }

            @Override
            public void put() {
                device.put();
            }

            @Override
            public void unplug() {
                device.remove();
            }
        };
    }

    /** A resource that is revoked by hand. */
    static Provider revoked(Runnable release) {
        return provider(release, false);
    }

    /** A resource that is revoked because its device is unbound. */
    static Provider unbound(Runnable release) {
        return provider(release, true);
    }

    private static Provider provider(Runnable release, boolean byUnbinding) {
        Machine.Made<Revocable<Runnable>> made =
                Machine.make(
                        bound -> Revocable.managed("registers", bound, release, Runnable::run));
        Revocable<Runnable> resource = made.it();
        return new Provider() {
            @Override
            public Use tryAccess() {
                Revocable.Use<Runnable> use = resource.tryAccess();
                return use == null ? null : use::close;
            }

            @Override
            public void revoke() {
                if (byUnbinding) {
                    made.device().unbind();
                } else {
                    resource.revoke();
                }
            }
        };
    }

    /** The list by itself. */
    static ManagedResources list() {
        Devres devres = new Devres("device");
        return managed(devres, devres::releaseAll);
    }

    /** The list of a bound device, which is unbound. */
    static ManagedResources listOfADevice() {
        Machine.Made<Devres> made = Machine.make(BoundDevice::devres);
        return managed(made.it(), made.device()::unbind);
    }

    private static ManagedResources managed(Devres devres, Runnable end) {
        return new ManagedResources() {
            @Override
            public void add(String name, Runnable release) {
                devres.addAction(name, release::run);
            }

            @Override
            public void releaseAll() {
                end.run();
            }
        };
    }

    /** Two devices that are linked by the request of the one. */
    static ConsumerAndSupplier linked(Runnable releaseClock) {
        Machine machine = new Machine();
        Device supplier =
                machine.bind(
                        "supplier",
                        bound -> {
                            bound.devres().addAction("clock", releaseClock::run);
                            bound.provide(Runnable.class, "clock", releaseClock);
                        });
        Device consumer =
                machine.bind("consumer", bound -> bound.request(supplier, Runnable.class, "clock"));
        return new ConsumerAndSupplier() {
            @Override
            public void call(Runnable use) {
                Optional<BoundDevice> inside = consumer.tryEnter();
                if (inside.isPresent()) {
                    try (BoundDevice bound = inside.get()) {
                        bound.check();
                        use.run();
                    }
                }
            }

            @Override
            public void unbindSupplier() {
                supplier.unbind();
            }
        };
    }

    /** A device with a child, whose driver tells of its end. */
    static Hub hub(Runnable leafGoes) {
        Machine machine = new Machine();
        Device hub = machine.plug("hub");
        machine.addDriver("leaf", bound -> {}, bound -> leafGoes.run());
        machine.addDriver("another leaf", bound -> {}, bound -> {});
        machine.bus().newDevice("leaf").parent(hub).add();
        return new Hub() {
            @Override
            public void plugAnother() {
                try {
                    machine.bus().newDevice("another leaf").parent(hub).add();
                } catch (IllegalStateException e) {
                    if (!hub.isGone()) {
                        throw e;
                    }
                }
            }

            @Override
            public void unplug() {
                hub.remove();
            }

            @Override
            public boolean hasOrphan() {
                Device another = machine.bus().device("another leaf");
                return hub.isGone() && another != null && another.isBound();
            }
        };
    }

    /** A misc device, whose data live as long as its files. */
    static OpenMisc misc(Memory data) {
        return new Misc(data);
    }

    private static final class Misc implements OpenMisc, FileOperations {
        private final MiscDevice<Memory> device;
        private OpenFile file;

        Misc(Memory data) {
            device =
                    new MiscDevices(new CharDevices())
                            .register(
                                    "misc",
                                    MiscDevices.DYNAMIC_MINOR,
                                    0600,
                                    data,
                                    Memory::free,
                                    made -> this,
                                    GateBuilder::lateRelease);
        }

        @Override
        public void release(OpenFile closed, Call call) {
            device.data().use();
        }

        @Override
        public void open() throws ErrnoException {
            file = device.gate().front().open(0, Caller.local());
        }

        @Override
        public void close() {
            device.gate().front().close(file);
        }

        @Override
        public void deregister() {
            device.deregister();
        }
    }
}

package org.cdevgate;

import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.cdevgate.async.DeviceTimer;
import org.cdevgate.async.IrqLine;
import org.cdevgate.async.NotifierChain;
import org.cdevgate.async.WorkQueue;
import org.cdevgate.cdev.Cdev;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.DeviceNumber;
import org.cdevgate.cdev.MiscDevices;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Bus;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.TestDriver;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.gate.Hold;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.Removable;
import org.cdevgate.gate.UnreadQueue;
import org.cdevgate.gate.WaitQueue;
import org.cdevgate.gate.calls.CallInFlight;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.front.PollWatcher;
import org.cdevgate.gate.front.RequestSleeper;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalProfile;
import org.cdevgate.revocable.Revocable;

/**
 * An object of each public class, as it is where a driver has the most to use: in a verb of a bound
 * device.
 */
final class OneOfEach {
    private final Map<Class<?>, Object> all = new HashMap<>();

    private OneOfEach(Device device, FopsGate gate, OpenFile file, Call call) throws Exception {
        put(Call.class, call);
        put(FopsGate.class, gate);
        put(Removable.class, gate);
        put(OpenFile.class, file);
        BoundDevice bound = put(BoundDevice.class, device.bound(call));
        put(Device.class, device);
        put(Bus.class, device.bus());
        put(DeviceModel.class, device.bus().model());
        put(device.bus().newDevice("another"));
        put(Caller.class, Caller.local());
        put(FopsGate.builder("another", new FileOperations() {}));
        put(GateGroup.of(gate));
        put(gate.counters());
        put(gate.report());
        put(CallInFlight.builder("device", Verb.READ));
        put(CallInFlight.builder("device", Verb.READ).build());
        put(new RemovalOutcome(RemovalOutcome.Ending.REMOVED, gate.report()));
        put(gate.front());
        put(call.hold("here"));
        put(new WaitQueue("queue"));
        put(UnreadQueue.class, UnreadQueue.ofBytes(8));
        put(RemovalProfile.EVDEV);
        put(RequestSleeper.class, new Asleep());
        put(PollWatcher.class, new Watcher());
        put(bound.addCaller("caller"));
        put(bound.devres());
        CharDevices registry = put(new CharDevices());
        put(new MiscDevices(registry));
        put(registry.uevents());
        put(new Cdev("cdev", new DeviceNumber(1, 2), 0, 0600, 1, gate));
        put(new DeviceNumber(1, 2));
        put(new IrqLine("line"));
        put(new NotifierChain<Object>("chain"));
        put(WorkQueue.alloc(gate, "queue", 1));
        put(get(WorkQueue.class).work("work", () -> {}));
        put(DeviceTimer.setup(gate, "timer", () -> {}));
        put(Revocable.managed("resource", bound, new Object(), gone -> {}));
        RemovalTimeline.LeftOut none = put(new RemovalTimeline.LeftOut(0, 0, 0));
        Instant now = put(Instant.now());
        put(new RemovalTimeline("device", now, 0, 0, true, List.of(), List.of(), List.of(), none));
        put(String.class, "name");
        put(Class.class, Object.class);
        put(Object.class, new Object());
        put(Duration.class, Duration.ofMillis(1));
        put(ByteBuffer.class, ByteBuffer.allocate(8));
        put(Thread.class, Thread.currentThread());
        put(Throwable.class, new Throwable());
        put(Path.class, Path.of("/nonexistent/trace.json"));
        put(Map.class, Map.of());
        put(List.class, List.of());
        put(FileOperations.class, new FileOperations() {});
    }

    private <T> T put(T object) {
        all.put(object.getClass(), object);
        return object;
    }

    private <T> T put(Class<?> as, T object) {
        all.put(as, object);
        return object;
    }

    /** Runs a test in a verb of a bound device, which still lives when it has ended. */
    static void inAVerb(Consumer<OneOfEach> test) throws Exception {
        FopsGate[] gate = {null};
        Throwable[] failed = {null};
        Bus bus = new DeviceModel().bus("bus");
        Device device = bus.newDevice("device").add();
        FileOperations verbs =
                new FileOperations() {
                    @Override
                    public int read(OpenFile file, ByteBuffer dst, long position, Call call) {
                        try {
                            OneOfEach objects = new OneOfEach(device, gate[0], file, call);
                            try {
                                test.accept(objects);
                            } finally {
                                objects.get(Hold.class).close(); // for the removal
                            }
                        } catch (Throwable e) { // the gate would make an errno of it
                            failed[0] = e;
                        }
                        return 1;
                    }
                };
        bus.addDriver(
                new TestDriver(
                        device.name(),
                        bound -> gate[0] = bound.addGate(FopsGate.of("device", verbs))));
        OpenFile file = gate[0].front().open(0, Caller.local());
        gate[0].front().read(file, ByteBuffer.allocate(8), 0, Caller.local());
        if (failed[0] != null) {
            throw new AssertionError("in the verb: " + failed[0], failed[0]);
        }
        device.remove();
    }

    /** The object of a class; null if there is none. */
    <T> T get(Class<T> type) {
        return type.cast(all.get(type));
    }

    /** What may stand in a call for a parameter of a type. */
    Object argument(Class<?> type) {
        Object known = all.get(type);
        if (known != null) {
            return known;
        }
        if (type.isPrimitive()) {
            return type == boolean.class
                    ? (Object) false
                    : type == int.class ? (Object) 1 : (Object) 1L;
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> null);
        }
        throw new AssertionError("OneOfEach has no " + type.getName() + "; add one");
    }

    private static final class Watcher extends PollWatcher {
        @Override
        protected void wakeUp() {}
    }

    private static final class Asleep extends RequestSleeper {
        @Override
        protected void runAgain() {}

        @Override
        protected void removed(int answer) {}
    }
}

package org.cdevgate.async;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;
import org.cdevgate.gate.FopsGate;

/** A device that is bound to a driver whose probe a test writes. */
final class Bound {
    interface Probe {
        void run(BoundDevice bound) throws Exception;
    }

    /** Shorter where a hang is what is expected: of a library that is broken on purpose. */
    private static final int SECONDS = Integer.getInteger("cdevgate.test.seconds", 30);

    private static final String BACKGROUND = "test-background";

    private Bound() {}

    static Device device(Probe probe) {
        Device device = new DeviceModel().bus("test").newDevice("device").add();
        device.bus()
                .addDriver(
                        new Driver() {
                            @Override
                            public String name() {
                                return "driver";
                            }

                            @Override
                            public boolean matches(Device any) {
                                return true;
                            }

                            @Override
                            public void probe(BoundDevice bound) throws Exception {
                                probe.run(bound);
                            }
                        });
        if (!device.isBound()) {
            throw new AssertionError("the probe failed; see the log");
        }
        return device;
    }

    static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, BACKGROUND);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    static <T> T join(FutureTask<T> task) throws Exception {
        return task.get(SECONDS, TimeUnit.SECONDS);
    }

    /** Removes a device on a thread of its own, so that a removal that hangs fails the test. */
    static boolean removed(FopsGate gate) throws Exception {
        FutureTask<Boolean> removal = start(() -> gate.unregisterSync());
        return join(removal);
    }

    /** Unbinds a device on a thread of its own, so that an unbinding that hangs fails the test. */
    static boolean unbound(Device device) throws Exception {
        FutureTask<Boolean> unbinding = start(() -> device.unbind());
        return join(unbinding);
    }

    static void until(BooleanSupplier condition) {
        Awaitility.await()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(SECONDS))
                .until(condition::getAsBoolean);
    }

    /** Until the threads of the tasks are parked or wait on a monitor, as those who flush do. */
    static void untilWaiting(FutureTask<?>... tasks) {
        until(
                () ->
                        Thread.getAllStackTraces().entrySet().stream()
                                        .filter(each -> each.getKey().getName().equals(BACKGROUND))
                                        .filter(each -> waitsInSlowWait(each.getValue()))
                                        .count()
                                >= tasks.length);
    }

    /** Until the only thread of that name waits for others. */
    static void untilThreadWaits(String name) {
        until(
                () ->
                        Thread.getAllStackTraces().entrySet().stream()
                                .anyMatch(
                                        each ->
                                                each.getKey().getName().equals(name)
                                                        && waitsInSlowWait(each.getValue())));
    }

    private static boolean waitsInSlowWait(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("waitFor")) {
                return true;
            }
        }
        return false;
    }
}

package org.cdevgate.async;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.TestDriver;
import org.cdevgate.device.TestThreads;
import org.cdevgate.gate.FopsGate;

/** A device that is bound to a driver whose probe a test writes. */
final class Bound {
    /** Shorter where a hang is what is expected: of a library that is broken on purpose. */
    private static final int SECONDS = Integer.getInteger("cdevgate.test.seconds", 30);

    private static final String BACKGROUND = "test-background";

    private Bound() {}

    static Device device(TestDriver.Step probe) {
        return TestDriver.bound(new DeviceModel().bus("test"), "device", probe);
    }

    /** Removes a device on a thread of its own, so that a removal that hangs fails the test. */
    static boolean removed(FopsGate gate) throws Exception {
        FutureTask<Boolean> removal = TestThreads.start(() -> gate.unregisterSync());
        return TestThreads.join(removal);
    }

    /** Unbinds a device on a thread of its own, so that an unbinding that hangs fails the test. */
    static boolean unbound(Device device) throws Exception {
        FutureTask<Boolean> unbinding = TestThreads.start(() -> device.unbind());
        return TestThreads.join(unbinding);
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

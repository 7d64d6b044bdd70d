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

/** A device that is bound to a driver whose probe a test writes. */
final class Bound {
    interface Probe {
        void run(BoundDevice bound) throws Exception;
    }

    private static final int SECONDS = 30;

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
        Thread thread = new Thread(task, "test-background");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    static <T> T join(FutureTask<T> task) throws Exception {
        return task.get(SECONDS, TimeUnit.SECONDS);
    }

    static void until(BooleanSupplier condition) {
        Awaitility.await()
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(SECONDS))
                .until(condition::getAsBoolean);
    }
}

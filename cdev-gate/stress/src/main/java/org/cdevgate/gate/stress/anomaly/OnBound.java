package org.cdevgate.gate.stress.anomaly;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;

/** A bound device whose unbinding is what waits. */
abstract class OnBound implements Trial {
    private final ExecutorService others;
    private final Device device = new DeviceModel().bus("test").newDevice("device").add();
    final AtomicInteger removes = new AtomicInteger();

    /** One on whose other threads nothing fails. */
    OnBound(ExecutorService others) {
        this.others = others;
    }

    @Override
    public void prepare() {
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
                            public void probe(BoundDevice bound) {
                                made(bound);
                            }

                            @Override
                            public void remove(BoundDevice bound) {
                                removes.incrementAndGet();
                            }
                        });
    }

    abstract void made(BoundDevice bound);

    Device device() {
        return device;
    }

    @Override
    public String judge() throws Exception {
        try {
            others.submit(() -> device.unbind()).get(5, TimeUnit.SECONDS);
            return null;
        } catch (TimeoutException e) {
            return "the unbinding waits";
        }
    }
}

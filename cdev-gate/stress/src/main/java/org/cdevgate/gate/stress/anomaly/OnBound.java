package org.cdevgate.gate.stress.anomaly;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.Driver;

/**
 * A bound device whose unbinding is what waits.
 *
 * @param <T> what its driver's probe makes
 */
class OnBound<T> implements Trial {
    /** What a probe makes. */
    interface Maker<T> {
        T make(BoundDevice bound);
    }

    private final ExecutorService others;
    private final Maker<T> maker;
    private final Step<T> step;
    private final Device device = new DeviceModel().bus("test").newDevice("device").add();
    final AtomicInteger removes = new AtomicInteger();
    T made;

    /**
     * A device.
     *
     * @param others threads on which nothing fails
     * @param step what may fail
     */
    OnBound(ExecutorService others, Maker<T> maker, Step<T> step) {
        this.others = others;
        this.maker = maker;
        this.step = step;
    }

    /** For one that makes and does these by methods of its own. */
    OnBound(ExecutorService others) {
        this(others, bound -> null, made -> {});
    }

    @Override
    public void prepare() throws Exception {
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
                                made = make(bound);
                            }

                            @Override
                            public void remove(BoundDevice bound) {
                                removes.incrementAndGet();
                            }
                        });
    }

    /** What the probe makes. */
    T make(BoundDevice bound) {
        return maker.make(bound);
    }

    Device device() {
        return device;
    }

    @Override
    public void run() throws Exception {
        step.run(made);
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

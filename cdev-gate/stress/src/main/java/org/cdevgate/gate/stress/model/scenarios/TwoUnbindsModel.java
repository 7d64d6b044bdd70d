package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.ProbeDeferredException;
import org.cdevgate.device.stress.Machine;

/** A consumer is unbound by one thread and its supplier by another. */
public final class TwoUnbindsModel extends Model {
    private final Hardware clock = new Hardware(witness);
    private final Hardware panel = new Hardware(witness);
    private final Machine machine = new Machine();
    private final Device supplier = machine.bind("supplier", this::provide);
    private final Device consumer = machine.bind("consumer", this::request);

    public TwoUnbindsModel() {
        super(2);
    }

    private void provide(BoundDevice bound) {
        bound.devres().add("clock", clock, this::stop);
        bound.provide(Hardware.class, "", clock);
    }

    private void stop(Hardware stopped) {
        require(panel.isOff(), "a supplier was released under its consumer");
        stopped.tearDown();
    }

    private void request(BoundDevice bound) throws ProbeDeferredException {
        bound.request(supplier, Hardware.class, "").use();
        bound.devres().add("panel", panel, Hardware::tearDown);
    }

    @Override
    public void first() {
        consumer.unbind();
        panel.checkOff();
    }

    @Override
    public void second() {
        supplier.unbind();
        clock.checkOff();
    }
}

package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.ProbeDeferredException;
import org.cdevgate.device.stress.Machine;

/** A consumer's driver is loaded while its supplier is unbound. */
public final class ProbeAgainstUnbindModel extends Model {
    private final Hardware clock = new Hardware(witness);
    private final Machine machine = new Machine();
    private final Device supplier = machine.bind("supplier", this::provide);
    private final Device consumer = machine.plug("consumer");

    public ProbeAgainstUnbindModel() {
        super(2);
    }

    private void provide(BoundDevice bound) {
        bound.devres().add("clock", clock, Hardware::tearDown);
        bound.provide(Hardware.class, "", clock);
    }

    private void request(BoundDevice bound) throws ProbeDeferredException {
        bound.request(supplier, Hardware.class, "").use();
    }

    @Override
    public void first() {
        machine.addDriver(consumer, this::request, bound -> clock.use());
    }

    @Override
    public void second() {
        supplier.unbind();
        clock.checkOff();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(!consumer.isBound(), "a consumer stays bound to a supplier that is gone");
    }
}

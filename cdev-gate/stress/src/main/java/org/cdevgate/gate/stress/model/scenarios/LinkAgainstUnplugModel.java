package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.device.Device;
import org.cdevgate.device.DeviceLink;
import org.cdevgate.device.DeviceModel;
import org.cdevgate.device.stress.Machine;

/** A device is linked to a supplier by hand while that is unplugged. */
public final class LinkAgainstUnplugModel extends Model {
    private final Machine machine = new Machine();
    private final Device supplier = machine.bind("supplier", bound -> {});
    private final Device consumer = machine.bind("consumer", bound -> {});

    private boolean linked;

    public LinkAgainstUnplugModel() {
        super(2);
    }

    @Override
    public void first() {
        DeviceModel model = machine.bus().model();
        try {
            model.link(consumer, supplier, DeviceLink.Kind.MANAGED);
        } catch (IllegalStateException e) {
            return; // it is going, or gone
        }
        linked = true;
    }

    @Override
    public void second() {
        supplier.remove();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(
                !linked || !consumer.isBound(),
                "a consumer stays bound to a supplier that is gone");
        require(consumer.links().isEmpty(), "a link is left to a device that is gone");
    }
}

package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.device.Device;
import org.cdevgate.device.stress.Machine;

/** A device is plugged into a hub while that is unplugged. */
public final class ChildAgainstUnplugModel extends Model {
    private final Hardware port = new Hardware(witness);
    private final Machine machine = new Machine();
    private final Device hub = machine.plug("hub");
    private boolean refused;

    public ChildAgainstUnplugModel() {
        super(2);
        machine.addDriver(
                "leaf", bound -> bound.devres().add("port", port, Hardware::tearDown), b -> {});
    }

    @Override
    public void first() {
        try {
            machine.bus().newDevice("leaf").parent(hub).add();
        } catch (IllegalStateException e) {
            refused = true;
        }
    }

    @Override
    public void second() {
        hub.remove();
        require(machine.bus().device("leaf") == null, "a device stays, and its parent is gone");
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(machine.bus().devices().isEmpty(), "a device stays, and its parent is gone");
        require(hub.references() == 0, "a device that was refused keeps its parent");
        require(!refused || !port.isOff(), "a device was bound though it was refused");
    }
}

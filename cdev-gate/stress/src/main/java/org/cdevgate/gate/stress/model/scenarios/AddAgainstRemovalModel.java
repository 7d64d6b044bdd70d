package org.cdevgate.gate.stress.model.scenarios;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.NumberRegion;
import org.cdevgate.cdev.Uevent;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;

/** A device gets its name and number while its gate is removed. */
public final class AddAgainstRemovalModel extends Model {
    private final CharDevices devices = new CharDevices();
    private final NumberRegion region = devices.allocRegion(0, 1, "model");
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final AtomicInteger there = new AtomicInteger();

    public AddAgainstRemovalModel() {
        super(2);
        devices.follow(event -> there.addAndGet(event.action() == Uevent.Action.ADD ? 1 : -1));
    }

    @Override
    public void first() {
        try {
            devices.add(gate, region.number(0), "device", 0600);
        } catch (IllegalStateException e) {
            require(devices.devices().isEmpty(), "the name of a refused device stays");
        }
    }

    @Override
    public void second() {
        gate.unregisterSync();
    }

    @Override
    public void afterwards() {
        super.afterwards();
        require(devices.devices().isEmpty(), "a name leads to a device that is gone");
        require(there.get() == 0, "a follower was told of the coming or the going only");
    }
}

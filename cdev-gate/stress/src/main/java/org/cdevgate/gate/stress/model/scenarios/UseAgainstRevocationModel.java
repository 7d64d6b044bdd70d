package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.stress.Machine;
import org.cdevgate.revocable.Revocable;

/** A resource is used by somebody without a proof, while it is revoked and its device unbound. */
public final class UseAgainstRevocationModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private Revocable<Hardware> registers;
    private final Device device = new Machine().bind("device", this::probe);

    public UseAgainstRevocationModel() {
        super(3);
    }

    private void probe(BoundDevice bound) {
        registers = Revocable.managed("registers", bound, hardware, Hardware::tearDown);
    }

    @Override
    public void first() {
        try (Revocable.Use<Hardware> use = registers.tryAccess()) {
            if (use != null) {
                use.get().use();
            }
        }
    }

    @Override
    public void second() {
        registers.revoke();
        hardware.checkOff();
    }

    @Override
    public void third() {
        device.unbind();
        hardware.checkOff();
    }
}

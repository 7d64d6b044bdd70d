package org.cdevgate.gate.stress.model.scenarios;

import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;

/**
 * A call of one gate calls another, while both are removed as a group. Nothing is torn down while
 * the call is in either.
 */
public final class CallThroughTwoGatesModel extends Model {
    private final Hardware hardware = new Hardware(witness);
    private final FopsGate front = FopsGate.of("front", new FileOperations() {});
    private final FopsGate back =
            FopsGate.builder("back", new FileOperations() {})
                    .onTeardown(hardware::tearDown)
                    .build();
    private final GateGroup group = GateGroup.of(front, back); // torn down last to first

    public CallThroughTwoGatesModel() {
        super(2);
    }

    @Override
    public void first() {
        long outer;
        try {
            outer = front.enter();
        } catch (ErrnoException e) {
            return; // ENODEV, its only one
        }
        try {
            long inner = back.enter();
            hardware.use();
            back.exit(inner);
        } catch (ErrnoException e) {
            require(back.isRemoving(), "a call of a live device was refused");
        }
        hardware.use(); // which the other member's teardown takes away
        front.exit(outer);
    }

    @Override
    public void second() {
        group.unregisterSync();
        hardware.checkOff();
        require(group.isRemoved(), "a group came back with a member that is not removed");
    }
}

package org.cdevgate.gate.stress.twins;

import org.cdevgate.gate.stress.peers.RemovableGate;
import org.cdevgate.gate.stress.script.Maker;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;
import org.cdevgate.gate.stress.script.ScriptedDevice;

/** A gate and its device, with a remover and any number of callers as actors. */
final class GateStage implements AutoCloseable {
    /** Where a caller can be stopped that is in its verb. */
    static final String INSIDE = "inside";

    static final String REMOVER = "remover";

    static final String USED_TOO_LATE = "a call used the device after its teardown";

    final Script script = new Script();
    final ScriptedDevice device = new ScriptedDevice(script);
    final RemovableGate gate;
    private volatile boolean usedInTime;
    private volatile boolean usedTooLate;

    GateStage(Maker<RemovableGate> maker) {
        gate = maker.make(device::tearDown, script);
        script.actor(REMOVER, gate::unregisterSync);
    }

    /** An actor that makes one call. */
    void caller(String name) {
        script.actor(
                name,
                () -> {
                    long ticket = gate.enter();
                    if (ticket == 0) {
                        return;
                    }
                    script.at(INSIDE);
                    if (device.isTornDown()) {
                        usedTooLate = true;
                    } else {
                        usedInTime = true;
                    }
                    gate.exit(ticket);
                });
    }

    /** Lets the callers and the remover end, and says whether the device outlived each use. */
    Outcome end(String... callers) {
        for (String caller : callers) {
            script.finish(caller);
        }
        script.end();
        if (usedTooLate) {
            return Outcome.broken(USED_TOO_LATE);
        }
        if (!usedInTime) {
            throw new AssertionError("no call was inside, so nothing was asked");
        }
        return Outcome.kept("the removal waited for the call that was inside");
    }

    @Override
    public void close() {
        script.close();
    }
}

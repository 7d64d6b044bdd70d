package org.cdevgate.gate.stress.twins;

import static org.cdevgate.gate.stress.twins.GateStage.INSIDE;
import static org.cdevgate.gate.stress.twins.GateStage.REMOVER;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.cdevgate.gate.stress.peers.ActingGate;
import org.cdevgate.gate.stress.peers.RemovableGate;
import org.cdevgate.gate.stress.script.Maker;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;
import org.cdevgate.gate.stress.script.ScriptedDevice;

/** Scenarios about who is inside when the device is torn down. */
final class GateScenarios {
    static final String BACK_TOO_EARLY =
            "a second remover came back while the teardown was running";

    static final String NEXT_LEFT_OUT =
            "a call that has asked for nothing used the device after its teardown";

    private GateScenarios() {}

    /** A caller has looked at the flag; the whole removal happens before it goes on. */
    static Outcome removalAfterTheLook(Maker<RemovableGate> maker) {
        try (GateStage stage = new GateStage(maker)) {
            stage.caller("caller");
            stage.script.advance("caller", CountAfterCheck.BETWEEN, INSIDE);
            stage.script.finish(REMOVER);
            return stage.end("caller");
        }
    }

    /**
     * One call is inside, of a file that three threads share. The second, slow one has counted
     * itself before the removal; the third comes during it and stores another index, over which the
     * second then stores its own. Both are refused and leave.
     */
    static Outcome threeShareAFile(Maker<RemovableGate> maker) {
        try (GateStage stage = new GateStage(maker)) {
            stage.caller("inside");
            stage.caller("slow");
            stage.caller("late");
            stage.script.advance("inside", INSIDE);
            stage.script.advance("slow", SharedReadIndex.COUNTED, INSIDE);
            stage.script.finish(REMOVER);
            stage.script.advance("late", SharedReadIndex.STORED, INSIDE);
            stage.script.finish("slow");
            stage.script.finish("late");
            stage.script.finish(REMOVER);
            return stage.end("inside");
        }
    }

    /** One call is inside; another comes, is refused and goes between the remover's two sums. */
    static Outcome refusedBetweenTheSums(Maker<RemovableGate> maker) {
        try (GateStage stage = new GateStage(maker)) {
            stage.caller("inside");
            stage.caller("refused");
            stage.script.advance("inside", INSIDE);
            stage.script.advance(REMOVER, EntersSummedFirst.BETWEEN);
            stage.script.finish("refused");
            stage.script.finish(REMOVER);
            return stage.end("inside");
        }
    }

    /**
     * A remover has found the call that it acts for; that ends, and its thread's next one comes.
     */
    static Outcome callEndsAfterTheLook(Maker<ActingGate> maker) {
        String caller = "caller";
        String asking = "in the call that asks";
        AtomicLong ticket = new AtomicLong();
        AtomicBoolean tornDown = new AtomicBoolean();
        try (Script script = new Script()) {
            ScriptedDevice device = new ScriptedDevice(script);
            ActingGate gate = maker.make(device::tearDown, script);
            script.actor(
                    caller,
                    () -> {
                        ticket.set(gate.enter());
                        script.at(asking);
                        gate.exit(ticket.get());
                        long next = gate.enter();
                        if (next != 0) {
                            script.at(INSIDE);
                            tornDown.set(device.isTornDown());
                            gate.exit(next);
                        }
                    });
            script.actor(REMOVER, () -> gate.unregisterFor(ticket.get()));
            script.advance(caller, asking);
            script.advance(REMOVER, LeavesOutTheThread.BETWEEN);
            script.advance(caller, INSIDE);
            script.finish(REMOVER);
            script.finish(caller);
        }
        return tornDown.get()
                ? Outcome.broken(NEXT_LEFT_OUT)
                : Outcome.kept("the next call was refused, or waited for");
    }

    /** A second remover comes while the first is in the teardown. */
    static Outcome secondRemover(Maker<RemovableGate> maker) {
        AtomicBoolean early = new AtomicBoolean();
        try (GateStage stage = new GateStage(maker)) {
            stage.script.actor(
                    "second remover",
                    () -> {
                        stage.gate.unregisterSync();
                        early.set(!stage.device.isTornDown());
                    });
            stage.script.advance(REMOVER, ScriptedDevice.IN_TEARDOWN);
            stage.script.finish("second remover");
        }
        return early.get()
                ? Outcome.broken(BACK_TOO_EARLY)
                : Outcome.kept("both removers came back after the teardown");
    }
}

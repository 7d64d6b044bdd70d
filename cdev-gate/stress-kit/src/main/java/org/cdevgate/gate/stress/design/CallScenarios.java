package org.cdevgate.gate.stress.design;

import static org.cdevgate.gate.stress.design.Cast.CALLER;
import static org.cdevgate.gate.stress.design.Cast.INSIDE;
import static org.cdevgate.gate.stress.design.Cast.REMOVER;
import static org.cdevgate.gate.stress.design.Cast.open;
import static org.cdevgate.gate.stress.design.Cast.remover;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.stress.design.Cast.StoppedDriver;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;

/** Calls: nested, beside each other, and that remove their own device. */
final class CallScenarios {
    private CallScenarios() {}

    /** A call removes the device that it is inside of. */
    static Outcome removalFromInside(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            AtomicReference<ModelDevice> own = new AtomicReference<>();
            AtomicReference<NotModelledException> notModelled = new AtomicReference<>();
            StoppedDriver driver =
                    new StoppedDriver(script) {
                        @Override
                        public int call(Op called, ModelDevice here, ModelFile file)
                                throws InterruptedException {
                            try {
                                own.get().remove();
                            } catch (NotModelledException e) {
                                notModelled.set(e);
                            } catch (RuntimeException e) {
                                return Cast.ENODEV; // refused
                            }
                            use("the call");
                            return 0;
                        }
                    };
            own.set(design.register(Cast.minor(), driver));
            ModelFile file = open(own.get());
            script.actor(CALLER, () -> file.call(op));
            if (script.isHeldUp(CALLER)) {
                String who = script.whoWaits();
                script.interrupt(CALLER);
                return Outcome.broken("a removal from inside waits for its own call: " + who);
            }
            if (notModelled.get() != null) {
                throw notModelled.get();
            }
            if (!driver.tornDown) { // it was refused
                remover(script, REMOVER, own.get());
                script.finish(REMOVER);
            }
            return driver.tooLate != null
                    ? Outcome.broken("a removal from inside tore down under its own call")
                    : Outcome.kept("a removal from inside was refused or put off");
        }
    }

    private static ModelDriver nesting(Script script, AtomicInteger inner) {
        return new ModelDriver() {
            private boolean isNested; // of the one thread that calls

            @Override
            public int call(Op op, ModelDevice here, ModelFile file) {
                if (!isNested) {
                    isNested = true;
                    script.at(INSIDE);
                    inner.set(file.call(op));
                }
                return 0;
            }
        };
    }

    /** A call calls its own device once more. */
    static Outcome nestedCall(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            AtomicInteger inner = new AtomicInteger(1);
            ModelDevice device = design.register(Cast.minor(), nesting(script, inner));
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, device);
            if (script.isHeldUp(CALLER)) {
                String who = script.whoWaits();
                script.interrupt(CALLER);
                script.finish(REMOVER);
                return Outcome.broken("a nested call waits for its own call: " + who);
            }
            script.finish(REMOVER);
            return inner.get() == 0
                    ? Outcome.kept("the nested call ran")
                    : Outcome.broken("a nested call of a live device was refused");
        }
    }

    /** A call that the removal waits for calls its own device once more. */
    static Outcome nestedCallDuringTheDrain(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            AtomicInteger inner = new AtomicInteger();
            ModelDevice device = design.register(Cast.minor(), nesting(script, inner));
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            script.finish(REMOVER);
            script.finish(CALLER);
            if (script.endsInDeadlock()) {
                String who = script.whoWaits();
                script.interrupt(CALLER);
                script.interrupt(REMOVER);
                return Outcome.broken("after a nested call somebody waits for ever: " + who);
            }
            return Outcome.kept("the nested call came back and the removal ended");
        }
    }

    /** A second thread uses the same open file while the first one's call is being waited for. */
    static Outcome twoThreadsShareAFile(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            script.actor("second caller", () -> file.call(op));
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            script.finish(REMOVER);
            script.finish("second caller");
            script.finish(CALLER);
            if (script.endsInDeadlock()) {
                String who = script.whoWaits();
                script.interrupt(REMOVER);
                return Outcome.broken(
                        "no call is inside, and the removal waits for one for ever: " + who);
            }
            return driver.tooLate == null
                    ? Outcome.kept("the removal ended with the last call")
                    : Outcome.broken(driver.tooLate);
        }
    }

    /** A call of one device sleeps while another device is removed. */
    static Outcome anotherDeviceSleeps(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            ModelDevice sleepy = design.register(Cast.minor(), new StoppedDriver(script));
            ModelDevice idle = design.register(Cast.minor(), new ModelDriver() {});
            ModelFile file = open(sleepy);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, idle);
            remover(script, "end", sleepy);
            script.advance(CALLER, INSIDE);
            boolean heldUp = script.isHeldUp(REMOVER);
            String who = script.whoWaits();
            script.finish(CALLER);
            script.finish("end");
            return heldUp
                    ? Outcome.broken(
                            "an idle device is not removed until another one's call ends: " + who)
                    : Outcome.kept("the idle device was removed while the other one's call slept");
        }
    }

    /** Somebody opens and calls a device while another call sleeps in it. */
    static Outcome callBesideASleeper(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            ModelDevice device = design.register(Cast.minor(), new StoppedDriver(script));
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            script.actor(
                    "other caller",
                    () -> {
                        ModelFile other = device.open();
                        if (other != null) { // else it was held up until the removal
                            other.call(op);
                        }
                    });
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            boolean heldUp = script.isHeldUp("other caller");
            String who = script.whoWaits();
            script.finish(CALLER);
            script.finish(REMOVER);
            return heldUp
                    ? Outcome.broken("a call waits for another call of its device: " + who)
                    : Outcome.kept("a call came back while another one slept");
        }
    }
}

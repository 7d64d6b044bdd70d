package org.cdevgate.gate.stress.design;

import static org.cdevgate.gate.stress.design.Cast.CALLER;
import static org.cdevgate.gate.stress.design.Cast.INSIDE;
import static org.cdevgate.gate.stress.design.Cast.IN_TEARDOWN;
import static org.cdevgate.gate.stress.design.Cast.REMOVER;
import static org.cdevgate.gate.stress.design.Cast.open;
import static org.cdevgate.gate.stress.design.Cast.remover;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cdevgate.gate.stress.design.Cast.StoppedDriver;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Progress;
import org.cdevgate.gate.stress.script.Script;

/** The steps of a removal, its removers, and what it waits for. */
final class RemovalScenarios {
    private static final Duration SHORT = Duration.ofMillis(10);

    private RemovalScenarios() {}

    /** A new call comes while the removal waits for another one. */
    static Outcome newCallDuringTheDrain(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            ModelDevice device = design.register(Cast.minor(), new StoppedDriver(script));
            ModelFile file = open(device);
            ModelFile other = open(device);
            AtomicInteger answer = new AtomicInteger();
            script.actor(CALLER, () -> file.call(op));
            script.actor("newcomer", () -> answer.set(other.call(op)));
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            script.finish(REMOVER);
            if (script.isHeldUp("newcomer")) {
                return Outcome.broken(
                        "a new call waits for the call that the removal waits for: "
                                + script.whoWaits());
            }
            return answer.get() < 0
                    ? Outcome.kept("a new call failed at once")
                    : Outcome.broken("a new call is let in after the flag");
        }
    }

    /** Somebody opens the device while the removal waits for a call. */
    static Outcome openDuringTheDrain(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            ModelDevice device = design.register(Cast.minor(), new StoppedDriver(script));
            ModelFile file = open(device);
            AtomicInteger answer = new AtomicInteger(Cast.ENODEV);
            script.actor(CALLER, () -> file.call(op));
            script.actor(
                    "opener",
                    () -> {
                        ModelFile opened = device.open();
                        if (opened != null) {
                            answer.set(opened.call(op)); // as an open that raced past the look-up
                        }
                    });
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            script.finish(REMOVER);
            if (script.isHeldUp("opener")) {
                return Outcome.broken(
                        "an open waits for the call that the removal waits for: "
                                + script.whoWaits());
            }
            return answer.get() < 0
                    ? Outcome.kept("an open failed at once, or what it gave did")
                    : Outcome.broken("a file is opened after the flag, and works");
        }
    }

    /** A file is open, and a call of another one is inside, while the device is removed. */
    static Outcome teardownIsLast(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            ModelFile idle = open(device);
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            script.finish(REMOVER);
            script.finish(CALLER);
            script.end();
            if (driver.tooLate != null && driver.tooLate.startsWith("a " + op)) {
                return Outcome.broken(driver.tooLate);
            }
            return driver.releasedAfterTeardown && !design.releasesLate()
                    ? Outcome.broken("the removal released " + idle + " after the teardown")
                    : Outcome.kept("calls, files, teardown");
        }
    }

    /** A call is inside while its device is removed. */
    static Outcome callInFlight(Design design) {
        return inFlight(design, Cast.op(design));
    }

    /** The same with each operation that the design has. */
    static Outcome eachOperationInFlight(Design design) {
        Outcome last = null;
        for (Op op : Op.values()) {
            if (isModelled(design, op)) {
                last = inFlight(design, op);
                if (last.forbidden()) {
                    return last;
                }
            }
        }
        if (last == null) {
            throw new NotModelledException("an operation");
        }
        return last;
    }

    private static boolean isModelled(Design design, Op op) {
        try {
            return Cast.models(design, op);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Outcome inFlight(Design design, Op op) {
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            boolean early = script.finish(REMOVER) == Progress.ENDED;
            script.finish(CALLER);
            script.end();
            if (driver.tooLate != null) {
                return Outcome.broken(driver.tooLate);
            }
            return early
                    ? Outcome.broken("the removal returned with a " + op + " inside")
                    : Outcome.kept("the removal waited for the call");
        }
    }

    /** A second remover comes while the first one tears down. */
    static Outcome secondRemover(Design design) {
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            remover(script, REMOVER, device);
            remover(script, "second remover", device);
            script.advance(REMOVER, IN_TEARDOWN);
            boolean early = script.finish("second remover") == Progress.ENDED && !driver.tornDown;
            script.finish(REMOVER);
            script.end();
            if (driver.teardowns.get() != 1) {
                return Outcome.broken("the teardown ran " + driver.teardowns + " times");
            }
            return early
                    ? Outcome.broken("a second remover returned before the teardown had finished")
                    : Outcome.kept("both removers returned after the one teardown");
        }
    }

    /** A removal with a limit finds a call inside; it is taken up when that has left. */
    static Outcome removalWithALimit(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            ModelFile file = open(device);
            ModelFile other = open(device);
            AtomicReference<String> report = new AtomicReference<>();
            AtomicBoolean gaveUp = new AtomicBoolean();
            script.actor(CALLER, () -> file.call(op));
            script.actor(
                    "bounded remover",
                    () -> {
                        report.set(device.removeWithin(SHORT));
                        gaveUp.set(true);
                    });
            remover(script, REMOVER, device);
            script.advance(CALLER, INSIDE);
            if (script.isHeldUp("bounded remover")) {
                return Outcome.broken("a removal with a limit waits without: " + script.whoWaits());
            }
            if (driver.tornDown || (gaveUp.get() && report.get() == null)) {
                return Outcome.broken("a removal with a limit tore down with a call inside");
            }
            if (!report.get().contains(op.toString())) {
                return Outcome.broken("the report does not name the " + op + ": " + report);
            }
            if (other.call(op) >= 0) {
                return Outcome.broken("a removal that gave up lets new calls in");
            }
            script.finish(CALLER);
            script.finish(REMOVER);
            script.end();
            return driver.tornDown
                    ? Outcome.kept("the report named the call, and the removal was taken up")
                    : Outcome.broken("a removal that gave up cannot be taken up");
        }
    }
}

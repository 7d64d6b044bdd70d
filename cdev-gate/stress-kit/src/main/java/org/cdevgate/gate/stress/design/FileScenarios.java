package org.cdevgate.gate.stress.design;

import static org.cdevgate.gate.stress.design.Cast.IN_RELEASE;
import static org.cdevgate.gate.stress.design.Cast.REMOVER;
import static org.cdevgate.gate.stress.design.Cast.open;
import static org.cdevgate.gate.stress.design.Cast.remover;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.stress.design.Cast.StoppedDriver;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;

/** Open files, before and after the removal of their device. */
final class FileScenarios {
    private static final String CLOSER = "closer";

    private FileScenarios() {}

    /** A device is removed while a file is open; it is closed later. */
    static Outcome fileStaysOpen(Design design) {
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            ModelFile file = open(device);
            script.actor(CLOSER, file::close);
            remover(script, REMOVER, device);
            boolean waits = script.isHeldUp(REMOVER);
            String who = script.whoWaits();
            script.finish(CLOSER);
            script.end();
            if (waits) {
                return Outcome.broken("the removal waits until a file is closed: " + who);
            }
            return driver.releases.get() == 1
                    ? Outcome.kept("the file was released once")
                    : Outcome.broken("the file was released " + driver.releases + " times");
        }
    }

    /** A device is removed while the driver's release of a closed file runs. */
    static Outcome closeIsRunning(Design design) {
        if (design.releasesLate()) {
            throw new NotModelledException("a release that a removal waits for");
        }
        try (Script script = new Script()) {
            StoppedDriver driver = new StoppedDriver(script);
            ModelDevice device = design.register(Cast.minor(), driver);
            ModelFile file = open(device);
            script.actor(CLOSER, file::close);
            remover(script, REMOVER, device);
            script.advance(CLOSER, IN_RELEASE);
            script.finish(REMOVER);
            script.finish(CLOSER);
            script.end();
            if (driver.tooLate != null) {
                return Outcome.broken(driver.tooLate);
            }
            return driver.releases.get() == 1
                    ? Outcome.kept("the removal waited for the release")
                    : Outcome.broken("the file was released " + driver.releases + " times");
        }
    }

    /** A device is removed, and another one gets its number; a file of the first is still open. */
    static Outcome numberIsUsedAgain(Design design) {
        Op op = Cast.op(design);
        try (Script script = new Script()) {
            int minor = Cast.minor();
            ModelDevice first = design.register(minor, new ModelDriver() {});
            ModelFile old = open(first);
            AtomicBoolean reached = new AtomicBoolean();
            AtomicInteger answer = new AtomicInteger();
            script.actor(
                    "device changes",
                    () -> {
                        first.remove();
                        ModelDevice second =
                                design.register(
                                        minor,
                                        new ModelDriver() {
                                            @Override
                                            public int call(
                                                    Op called, ModelDevice here, ModelFile file) {
                                                reached.set(true);
                                                return 0;
                                            }
                                        });
                        answer.set(old.call(op));
                        second.remove();
                    });
            script.finish("device changes");
            script.end();
            if (reached.get()) {
                return Outcome.broken("a file of the removed device reaches its successor");
            }
            return answer.get() >= 0
                    ? Outcome.broken("a file of the removed device still works")
                    : Outcome.kept("a file of the removed device stays dead");
        }
    }
}

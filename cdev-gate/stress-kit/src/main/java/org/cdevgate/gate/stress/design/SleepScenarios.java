package org.cdevgate.gate.stress.design;

import static org.cdevgate.gate.stress.design.Cast.CALLER;
import static org.cdevgate.gate.stress.design.Cast.REMOVER;
import static org.cdevgate.gate.stress.design.Cast.open;
import static org.cdevgate.gate.stress.design.Cast.remover;

import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.Script;

/** Calls that sleep until something comes, which never does. */
final class SleepScenarios {
    private static final String BEFORE_THE_SLEEP = "before the sleep";

    private SleepScenarios() {}

    /** A call sleeps when the removal begins. */
    static Outcome sleeperIsWoken(Design design) {
        return play(design, false, true);
    }

    /** A call came before the flag, and goes to sleep when the wake-up is over. */
    static Outcome sleeperComesAfterTheWakeUp(Design design) {
        return play(design, true, true);
    }

    /** The driver has no hook. */
    static Outcome sleeperWithoutAHook(Design design) {
        if (!hasWaitQueues(design)) {
            throw new NotModelledException("a wait queue of the design's own");
        }
        return play(design, false, false);
    }

    /** A call sleeps in another device, which stays. */
    static Outcome sleeperInAnotherDevice(Design design) {
        if (!hasWaitQueues(design)) {
            throw new NotModelledException("a wait queue of the design's own");
        }
        Op op = Cast.op(design);
        Event never = new Event();
        try (Script script = new Script()) {
            ModelDevice adapter =
                    design.register(
                            Cast.minor(),
                            new ModelDriver() {
                                @Override
                                public int call(Op called, ModelDevice here, ModelFile file)
                                        throws InterruptedException {
                                    return here.sleep(never) ? 0 : Cast.ENODEV;
                                }
                            });
            ModelFile adapterFile = open(adapter);
            ModelDevice sensor =
                    design.register(
                            Cast.minor(),
                            new ModelDriver() {
                                @Override
                                public int call(Op called, ModelDevice here, ModelFile file) {
                                    return adapterFile.call(called);
                                }
                            });
            ModelFile file = open(sensor);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, sensor);
            script.finish(CALLER);
            script.finish(REMOVER);
            script.finish(CALLER);
            try {
                return script.endsInDeadlock()
                        ? Outcome.broken(
                                "a call that sleeps in another device is not woken, and the removal"
                                        + " waits for it: "
                                        + script.whoWaits())
                        : Outcome.kept("the sleep in the other device ended");
            } finally {
                never.come(); // so that the threads end
            }
        }
    }

    private static boolean hasWaitQueues(Design design) {
        ModelDevice device = design.register(Cast.minor(), new ModelDriver() {});
        try (Script script = new Script()) {
            remover(script, REMOVER, device);
            script.finish(REMOVER);
            return device.hasWaitQueues();
        }
    }

    private static Outcome play(Design design, boolean comesLate, boolean hasHook) {
        Op op = Cast.op(design);
        Event never = new Event();
        try (Script script = new Script()) {
            ModelDevice device =
                    design.register(
                            Cast.minor(),
                            new ModelDriver() {
                                @Override
                                public int call(Op called, ModelDevice here, ModelFile file)
                                        throws InterruptedException {
                                    script.at(BEFORE_THE_SLEEP);
                                    return here.sleep(never) ? 0 : Cast.ENODEV;
                                }

                                @Override
                                public void wake() {
                                    if (hasHook) {
                                        never.wake();
                                    }
                                }
                            });
            ModelFile file = open(device);
            script.actor(CALLER, () -> file.call(op));
            remover(script, REMOVER, device);
            if (comesLate) {
                script.advance(CALLER, BEFORE_THE_SLEEP);
            } else {
                script.finish(CALLER);
            }
            script.finish(REMOVER);
            script.finish(CALLER);
            try {
                return script.endsInDeadlock()
                        ? Outcome.broken(
                                "a sleeper is not woken, and the removal waits for it: "
                                        + script.whoWaits())
                        : Outcome.kept("the sleeper was woken, saw the flag and left");
            } finally {
                never.come(); // so that the threads end
            }
        }
    }
}

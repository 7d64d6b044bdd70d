package org.cdevgate.gate.stress.twins;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.stress.peers.SleepingGate;
import org.cdevgate.gate.stress.script.Maker;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.PausePoints;
import org.cdevgate.gate.stress.script.Script;
import org.cdevgate.gate.stress.script.ScriptedDevice;

/** Scenarios about a call that goes to sleep while its device is removed. */
final class SleeperScenarios {
    /** In a call, which has looked at the flag or will do so under the queue's lock. */
    static final String BEFORE_SLEEP = "before it sleeps";

    /** In a removal, or its hook: all that sleep have been woken, once. */
    static final String WOKEN = "after a wake-up of all";

    /** Followed by who waits where. */
    static final String SLEPT_ON =
            "a call slept on after the removal began, and both wait for ever: ";

    private static final String SLEEPER = "sleeper";
    private static final String REMOVER = "remover";

    private SleeperScenarios() {}

    /** A call that came before the removal goes to sleep between its two first steps. */
    static Outcome sleepBetweenWakeAndFlag(Maker<SleepingGate> maker) {
        try (Script script = new Script()) {
            SleepingGate gate = cast(script, maker, script);
            script.advance(SLEEPER, BEFORE_SLEEP);
            script.advance(REMOVER, WakeBeforeFlag.BETWEEN, WaitQueueGate.BETWEEN);
            script.finish(SLEEPER);
            return end(script, gate);
        }
    }

    /** A call that came before the removal goes to sleep after it was woken. */
    static Outcome sleepAfterTheWake(Maker<SleepingGate> maker) {
        try (Script script = new Script()) {
            AtomicInteger wakeUps = new AtomicInteger();
            PausePoints counting =
                    point -> {
                        if (point.equals(WOKEN)) {
                            wakeUps.incrementAndGet();
                        }
                        script.at(point);
                    };
            SleepingGate gate = cast(script, maker, counting);
            script.advance(SLEEPER, BEFORE_SLEEP);
            script.finish(REMOVER);
            script.until("the first wake-up", () -> wakeUps.get() > 0);
            script.finish(SLEEPER);
            return end(script, gate);
        }
    }

    /** A call sleeps, wherever that is; then comes the removal. */
    static Outcome asleepInAnother(Maker<SleepingGate> maker) {
        try (Script script = new Script()) {
            SleepingGate gate = cast(script, maker, script);
            script.advance(SLEEPER, BEFORE_SLEEP);
            script.finish(SLEEPER);
            script.finish(REMOVER);
            return end(script, gate);
        }
    }

    private static SleepingGate cast(Script script, Maker<SleepingGate> maker, PausePoints points) {
        SleepingGate gate = maker.make(new ScriptedDevice(script)::tearDown, points);
        script.actor(SLEEPER, gate::sleep);
        script.actor(REMOVER, gate::unregisterSync);
        return gate;
    }

    private static Outcome end(Script script, SleepingGate gate) {
        if (script.endsInDeadlock()) {
            String who = script.whoWaits();
            gate.wake(); // so that the threads end
            return Outcome.broken(SLEPT_ON + who);
        }
        return Outcome.kept("the call woke and the removal ended");
    }
}

package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.async.IrqLine;
import org.cdevgate.async.NotifierChain;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.gate.stress.Meeting;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   An interrupt comes, and then an event, while their handler and notifier are taken away. Each of
   these was not called, or has ended when that returns: what it uses is freed then, in a plain
   field, and what it wrote is there.

   Run it alone:  bash cdev-gate/stress/run.sh -t HandlersAgainstFree
*/
@JCStressTest
@Description("An interrupt and an event come while handler and notifier are taken away.")
@Outcome(
        id = "(0, 0|1, 1), (0, 0|1, 1)",
        expect = ACCEPTABLE,
        desc = "Each came too late, or was waited for.")
@Outcome(id = "2, .*, .*, .*", expect = FORBIDDEN, desc = "The handler used what was freed.")
@Outcome(id = ".*, .*, 2, .*", expect = FORBIDDEN, desc = "The notifier used what was freed.")
@Outcome(
        id = {"1, 0, .*, .*", ".*, .*, 1, 0"},
        expect = FORBIDDEN,
        desc = "One of them was not waited for, or what it wrote is not there.")
@State
public class HandlersAgainstFree {
    private static final int STAY = 64;
    private static final int LATE = 64; // the way into free() is longer than that into a handler

    /** What one of them uses. */
    private static final class Memory {
        private boolean freed; // no volatile: uses are before free, or are none
        private int written;

        int use() {
            Spin.upTo(STAY, this);
            written = 1;
            return freed ? 2 : 1;
        }

        int free() {
            freed = true;
            return written;
        }
    }

    private final Meeting meeting = new Meeting();
    private final IrqLine line = new IrqLine("line");
    private final NotifierChain<IIII_Result> chain = new NotifierChain<>("chain");
    private final Memory handlers = new Memory();
    private final Memory notifiers = new Memory();
    private IrqLine.IrqAction action;
    private NotifierChain.Registration<IIII_Result> registration;
    private int handled;

    /** The device is bound before the actors begin. */
    public HandlersAgainstFree() {
        new Machine().bind("device", this::probe);
    }

    private void probe(BoundDevice bound) {
        action = line.request(bound, inside -> (handled = handlers.use()) != 0);
        registration =
                chain.register(bound, 0, (result, inside) -> (result.r3 = notifiers.use()) != 0);
    }

    @Actor
    public void hardware(IIII_Result r) {
        meeting.first(1);
        Spin.upTo(LATE, line);
        line.raise();
        r.r1 = handled;
        meeting.first(2);
        Spin.upTo(LATE, chain);
        chain.call(r);
    }

    @Actor
    public void driver(IIII_Result r) {
        meeting.second(1);
        action.free();
        r.r2 = handlers.free();
        meeting.second(2);
        registration.unregister();
        r.r4 = notifiers.free();
    }
}

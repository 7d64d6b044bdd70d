package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.stress.Doorbell.Sleep;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/*
   A request sleeps without a thread. A signal takes it back to answer EINTR while a wake-up hands
   it out to be run again: exactly one of them may have it, for a request is answered once.

   Run it alone:  bash cdev-gate/stress/run.sh -t CancelAgainstWakeUp
*/
@JCStressTest
@Description("A signal takes a sleeping request back while its queue is woken.")
@Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "The signal has it.")
@Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "The wake-up has it.")
@Outcome(id = "true, 1", expect = FORBIDDEN, desc = "Both have it: answered twice.")
@Outcome(id = "false, 0", expect = FORBIDDEN, desc = "Nobody has it: the process hangs.")
@State
public class CancelAgainstWakeUp {
    private final Doorbell bell = Doorbell.withKnownQueue(Sleep.WITHOUT_THREAD);
    private final ThreadlessFront front = new ThreadlessFront();
    private final Request request = new Request();

    /** The request sleeps before the actors begin. */
    public CancelAgainstWakeUp() {
        if (bell.readOrSleep(front, request) != Doorbell.ASLEEP) {
            throw new AssertionError("nobody rang");
        }
    }

    @Actor
    public void signal(ZI_Result r) {
        r.r1 = request.wake();
    }

    @Actor
    public void waker() {
        bell.ring();
    }

    @Arbiter
    public void afterwards(ZI_Result r) {
        r.r2 = request.runAgain.get();
    }
}

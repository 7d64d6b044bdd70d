package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.front.Caller;
import org.cdevgate.gate.stress.Doorbell.Sleep;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
   A process polls and is told "nothing yet" while data arrives. It sleeps in epoll_wait then and
   depends on being told to ask again.

   Run it alone:  bash cdev-gate/stress/run.sh -t PollAgainstWakeUp
*/
@JCStressTest
@Description("A poll names its queue and looks while the queue is woken.")
@Outcome(id = "true, .*", expect = ACCEPTABLE, desc = "The poll saw the data.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "It did not, and is told to ask again.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "epoll_wait sleeps with data there.")
@State
public class PollAgainstWakeUp {
    private final Doorbell bell = Doorbell.withKnownQueue(Sleep.PARKED);
    private final Watcher watcher = new Watcher();

    @Actor
    public void poller(ZZ_Result r) {
        r.r1 = bell.gate.front().poll(bell.file, Caller.local(), watcher) != 0;
    }

    @Actor
    public void waker() {
        bell.ring();
    }

    @Arbiter
    public void afterwards(ZZ_Result r) {
        r.r2 = watcher.told.get() > 0;
    }
}

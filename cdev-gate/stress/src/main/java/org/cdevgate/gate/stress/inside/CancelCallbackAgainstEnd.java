package org.cdevgate.gate.stress.inside;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A call ends just when its cancellation callback is fired. The callback works on what the call
   has, so it must not begin after the end; and a call whose callback runs must not end before it.

   The removal fires callbacks on threads of its own, which takes far longer to begin than a call to
   end; so the actors do the last step of each by themselves.

   Run it alone:  bash cdev-gate/stress/run.sh -t CancelCallbackAgainstEnd
*/
@JCStressTest
@Description("A call ends while its cancellation callback is fired.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The call was over first: not fired.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Fired; the call ended after the callback.")
@Outcome(id = ".*, 2", expect = FORBIDDEN, desc = "It ran, or ran on, after the call had ended.")
@Outcome(expect = FORBIDDEN, desc = "The call does not see what the callback wrote.")
@State
public class CancelCallbackAgainstEnd {
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private volatile GateSteps.Callback registered;
    private boolean ended;
    private int written;

    @Actor
    public void caller(II_Result r) {
        GateSteps.Callback callback =
                new GateSteps.Callback(
                        gate,
                        () -> {
                            written = 1;
                            for (int i = 0; i < 20; i++) {
                                Thread.onSpinWait();
                            }
                            r.r2 = ended ? 2 : 1;
                        });
        registered = callback;
        for (int i = System.identityHashCode(this) & 31; i > 0; i--) {
            Thread.onSpinWait();
        }
        callback.callEnds();
        ended = true;
        r.r1 = written;
    }

    @Actor
    public void remover() {
        GateSteps.Callback callback;
        while ((callback = registered) == null) {
            Thread.onSpinWait();
        }
        callback.fire();
    }
}

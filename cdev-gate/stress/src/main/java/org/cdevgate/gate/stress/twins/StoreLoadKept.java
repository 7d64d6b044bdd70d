package org.cdevgate.gate.stress.twins;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/*
   StoreLoadTwin with a volatile store, as the real gate publishes: the same question, so that it is
   known to tell right from wrong. PublishAgainstFlag asks the real gate itself.

   Run it alone:  bash cdev-gate/stress/run.sh -t StoreLoadKept
*/
@JCStressTest
@Description("A caller publishes with a volatile store and looks at the flag.")
@Outcome(id = "false", expect = ACCEPTABLE, desc = "In each gate at least one saw the other.")
@Outcome(id = "true", expect = FORBIDDEN, desc = "In some gate neither saw the other.")
@State
public class StoreLoadKept extends OneFrame {
    @Override
    void publish(VarHandle handle, long[] array, int index, long gate) {
        handle.setVolatile(array, index, gate);
    }

    @Actor
    public void caller() {
        enterAll();
    }

    @Actor
    public void remover() {
        removeAll();
    }

    @Arbiter
    public void judge(Z_Result r) {
        r.r1 = isUseAfterFree();
    }
}

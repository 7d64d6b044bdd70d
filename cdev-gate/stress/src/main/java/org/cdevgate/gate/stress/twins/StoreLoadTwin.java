package org.cdevgate.gate.stress.twins;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/*
   A twin that publishes its call with a release store and looks at the flag then. Nothing keeps the
   look behind the store: the processor may hold the store in its buffer while it looks, x86
   included. So caller and remover each look before the other's store has arrived, neither sees the
   other, and the call goes on while the remover frees the device. (A release store is right for
   exit, which looks at nothing afterwards.)

   No scenario can force this, because it needs no pause between two steps. The outcome is
   "interesting" to jcstress, and the stress command fails unless it was seen. StoreLoadKept asks
   the same of a volatile store.

   Run it alone:  bash cdev-gate/stress/run.sh -t StoreLoadTwin
*/
@JCStressTest
@Description("A caller publishes without a StoreLoad barrier and looks at the flag.")
@Outcome(id = "false", expect = ACCEPTABLE, desc = "In each gate at least one saw the other.")
@Outcome(
        id = "true",
        expect = ACCEPTABLE_INTERESTING,
        desc = "The twin is caught: in some gate neither saw the other, use after free.")
@State
public class StoreLoadTwin extends OneFrame {
    @Override
    void publish(VarHandle handle, long[] array, int index, long gate) {
        array[index] = gate; // broken: setVolatile
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

package org.cdevgate.gate;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
   The step on which all else rests: a caller publishes its call and then looks at the flag, the
   remover sets the flag and then looks for calls. Whoever comes second must see the other. It is
   Dekker's algorithm, and needs a StoreLoad barrier on both sides.

   The caller stays in until the remover has looked, so that a call not seen was not over yet.

   Run it alone:  bash cdev-gate/stress/run.sh -t PublishAgainstFlag
*/
@JCStressTest
@Description("A caller publishes and looks at the flag; a remover sets it and looks for calls.")
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Each saw the other: the call is refused.")
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The flag came first: refused.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The call came first: waited for.")
@Outcome(
        id = "false, false",
        expect = FORBIDDEN,
        desc = "The call goes on and the remover does not wait: use after free.")
@State
public class PublishAgainstFlag {
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private volatile boolean looked;

    @Actor
    public void caller(ZZ_Result r) {
        CallRecord record = CallRecord.current();
        Call call = record.push(gate.ref(), Verb.ENTERED, null);
        r.r1 = gate.isRemoving();
        while (!looked) {
            Thread.onSpinWait();
        }
        record.pop(call);
    }

    @Actor
    public void remover(ZZ_Result r) {
        gate.setFlag();
        boolean seen = false;
        for (CallRecord each = CallRecord.head(); each != null; each = each.next()) {
            seen |= each.isInside(gate.ref());
        }
        r.r2 = seen;
        looked = true;
    }
}

package org.cdevgate.gate.stress.inside;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.accounting.CallFrame;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.stress.Meeting;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/*
   The step on which all else rests: a caller publishes its call and then looks at the flag, the
   remover sets the flag and then looks for calls. Whoever comes second must see the other. It is
   Dekker's algorithm, and needs a StoreLoad barrier on both sides.

   One caller goes through several gates, and meets the remover before each. It stays in each until
   the remover has looked, so that a call not seen was not over yet.

   Run it alone:  bash cdev-gate/stress/run.sh -t PublishAgainstFlag
*/
@JCStressTest
@Description("A caller publishes and looks at the flag; a remover sets it and looks for calls.")
@Outcome(id = "true", expect = ACCEPTABLE, desc = "In each gate at least one saw the other.")
@Outcome(
        id = "false",
        expect = FORBIDDEN,
        desc = "In some gate the call goes on and the remover does not wait: use after free.")
@State
public class PublishAgainstFlag {
    private static final int GATES = 8;

    private final FopsGate[] gates = new FopsGate[GATES];
    private final Meeting meeting = new Meeting();
    private volatile int looked;

    // A bit for each gate.
    private int flagSeen;
    private int callSeen;

    /** Makes the gates. */
    public PublishAgainstFlag() {
        FileOperations driver = new FileOperations() {};
        for (int i = 0; i < GATES; i++) {
            gates[i] = FopsGate.of("device", driver);
        }
    }

    @Actor
    public void caller() {
        CallRecord record = CallRecords.current();
        int seen = 0;
        for (int i = 0; i < GATES; i++) {
            meeting.first(i + 1);
            CallFrame call = record.freeFrame();
            record.push(call, GateSteps.ref(gates[i]), Verb.ENTERED.index());
            seen |= gates[i].isRemoving() ? 1 << i : 0;
            while (looked <= i) {
                Thread.onSpinWait();
            }
            record.pop(call);
        }
        flagSeen = seen;
    }

    @Actor
    public void remover() {
        int seen = 0;
        for (int i = 0; i < GATES; i++) {
            meeting.second(i + 1);
            GateSteps.setFlag(gates[i]);
            for (CallRecord each = CallRecords.head(); each != null; each = each.next()) {
                seen |= each.isInside(GateSteps.ref(gates[i])) ? 1 << i : 0;
            }
            looked = i + 1;
        }
        callSeen = seen;
    }

    @Arbiter
    public void judge(Z_Result r) {
        r.r1 = (flagSeen | callSeen) == (1 << GATES) - 1;
    }
}

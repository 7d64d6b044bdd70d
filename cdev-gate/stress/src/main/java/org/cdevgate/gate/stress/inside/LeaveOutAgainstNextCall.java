package org.cdevgate.gate.stress.inside;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.LeftOutCalls;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/*
   A remover acts for a call with LEAVE_OUT, and that call ends just now. Its thread goes on to the
   next one, in the same frame, which has asked for nothing: either it is refused or the removal
   waits for it (ByTicket).

   Two removers leave calls of one frame out, one after the other, and the first is late: its call
   has ended and the second one's waits for its remover. The late one must not put the name of its
   call in the place of the other's (LateRemover).

   Run it alone:  bash cdev-gate/stress/run.sh -t LeaveOutAgainstNextCall
*/
public class LeaveOutAgainstNextCall {
    private static final int STAY = 1024;

    private LeaveOutAgainstNextCall() {}

    private static long enter(FopsGate gate) {
        try {
            return gate.enter();
        } catch (ErrnoException e) {
            throw new AssertionError("refused before the removal", e);
        }
    }

    @JCStressTest
    @Description("A call that a remover acts for ends, and its thread begins another one.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The next call came after the flag.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The removal waited for the next call.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Torn down under the next call.")
    @Outcome(expect = FORBIDDEN, desc = "The remover came back before the teardown.")
    @State
    public static class ByTicket {
        private volatile long ticket;
        private volatile boolean torn;
        private final FopsGate gate =
                FopsGate.builder("device", new FileOperations() {})
                        .onTeardown(() -> torn = true)
                        .build();

        @Actor
        public void caller(II_Result r) {
            long first = enter(gate);
            ticket = first;
            Spin.upTo(STAY, this);
            gate.exit(first);
            long next;
            try {
                next = gate.enter();
            } catch (ErrnoException e) {
                return;
            }
            Spin.upTo(STAY, r);
            r.r1 = torn ? 2 : 1;
            gate.exit(next);
        }

        @Actor
        public void remover(II_Result r) {
            long asking;
            while ((asking = ticket) == 0) {
                Thread.onSpinWait();
            }
            gate.unregisterSync(SelfRemoval.LEAVE_OUT, asking);
            r.r2 = torn ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("A remover leaves a call out whose thread has gone on to one that waits.")
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "The call that waits stays left out.")
    @Outcome(
            id = "false",
            expect = FORBIDDEN,
            desc = "It counts again: it waits for its remover, and that for it.")
    @State
    public static class LateRemover {
        private final FopsGate first = FopsGate.of("first", new FileOperations() {});
        private final FopsGate second = FopsGate.of("second", new FileOperations() {});
        private volatile LeftOutCalls late;
        private volatile boolean done;

        @Actor
        public void caller(Z_Result r) {
            CallRecord record = CallRecords.current();
            long ended = enter(first);
            late = LeftOutCalls.of(record, List.of(GateSteps.ref(first)));
            Spin.upTo(STAY / 4, this);
            first.exit(ended);
            long waits = enter(second);
            LeftOutCalls.of(record, List.of(GateSteps.ref(second))).leaveOut();
            while (!done) {
                Thread.onSpinWait();
            }
            r.r1 = !record.isInside(GateSteps.ref(second));
            second.exit(waits);
        }

        @Actor
        public void remover() {
            LeftOutCalls calls;
            while ((calls = late) == null) {
                Thread.onSpinWait();
            }
            calls.leaveOut();
            done = true;
        }
    }
}

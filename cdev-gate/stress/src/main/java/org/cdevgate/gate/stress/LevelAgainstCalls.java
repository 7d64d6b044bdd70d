package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.calls.Verb;
import org.cdevgate.gate.diagnostics.DiagnosticLevel;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
   The diagnostic level is switched while calls enter and leave (Counted). A call that began at one
   level ends at another; when all is quiet none was lost or counted twice, and none is left behind
   in flight. And it is switched while the removal begins (Flag): both are in one word, and neither
   may undo the other.

   Run it alone:  bash cdev-gate/stress/run.sh -t LevelAgainstCalls
*/
public class LevelAgainstCalls {
    private LevelAgainstCalls() {}

    @JCStressTest
    @Description("Calls by hand, a nested one and a read, while the level is switched.")
    @Outcome(id = "7, 3, 0, 1", expect = ACCEPTABLE, desc = "All counted, none left behind.")
    @Outcome(id = ".*, .*, [1-9], .*", expect = FORBIDDEN, desc = "A call stays in flight.")
    @Outcome(id = ".*, .*, .*, 0", expect = FORBIDDEN, desc = "The level is another one.")
    @Outcome(expect = FORBIDDEN, desc = "A call was lost or counted twice.")
    @State
    public static class Counted implements FileOperations {
        private final FopsGate gate = FopsGate.of("device", this);
        private final OpenFile file = BeforeRemoval.open(gate);
        private final ByteBuffer buffer = ByteBuffer.allocate(1);

        @Override
        public int read(OpenFile opened, ByteBuffer dst, long position, Call call) {
            return 1;
        }

        @Actor
        public void caller() {
            for (int i = 0; i < 3; i++) {
                long ticket = BeforeRemoval.enter(gate);
                gate.exit(BeforeRemoval.enter(gate));
                gate.exit(ticket);
                try {
                    gate.front().read(file, buffer, 0, Caller.local());
                } catch (ErrnoException e) {
                    throw new AssertionError("nobody removes it", e);
                }
            }
            gate.exit(BeforeRemoval.enter(gate));
        }

        @Actor
        public void operator() {
            gate.diagnostics(DiagnosticLevel.FULL);
            Spin.upTo(32, this);
            gate.diagnostics(DiagnosticLevel.COUNT);
            Spin.upTo(32, this);
            gate.diagnostics(DiagnosticLevel.SAMPLED);
            Spin.upTo(32, this);
            gate.diagnostics(DiagnosticLevel.COUNT);
        }

        @Arbiter
        public void afterwards(IIII_Result r) {
            r.r1 = (int) gate.counters().calls(Verb.ENTERED);
            r.r2 = (int) gate.counters().calls(Verb.READ);
            r.r3 = gate.callsInFlight().size();
            r.r4 = gate.diagnostics() == DiagnosticLevel.COUNT ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("The level is switched while the removal begins.")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Removing, at the new level.")
    @Outcome(id = "false, .*", expect = FORBIDDEN, desc = "The flag is lost: a dead device lives.")
    @Outcome(id = "true, false", expect = FORBIDDEN, desc = "The level was not switched.")
    @State
    public static class Flag {
        private final FopsGate gate = FopsGate.of("device", new FileOperations() {});

        @Actor
        public void remover() {
            gate.beginRemoval();
        }

        @Actor
        public void operator() {
            gate.diagnostics(DiagnosticLevel.FULL);
            Spin.upTo(64, this);
            gate.diagnostics(DiagnosticLevel.SAMPLED);
        }

        @Arbiter
        public void afterwards(ZZ_Result r) {
            r.r1 = gate.isRemoving();
            r.r2 = gate.diagnostics() == DiagnosticLevel.SAMPLED;
        }
    }
}

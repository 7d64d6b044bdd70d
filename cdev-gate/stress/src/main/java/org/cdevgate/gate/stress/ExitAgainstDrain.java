package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.ByteBuffer;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.OpenFile;
import org.cdevgate.gate.front.Caller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A call is in flight when the removal begins, and ends while the remover decides whether it has to
   wait. Whatever the remover saw of the call, it goes on after the call's end, and what the call
   wrote last, in a plain field, is there for it.

   ByTicket leaves through FopsGate.exit, whose short way is one store; Verb is a read, which takes
   the long way to the same store.

   Run it alone:  bash cdev-gate/stress/run.sh -t ExitAgainstDrain
*/
public class ExitAgainstDrain {
    private static final int STAY = 512; // the remover spins 200 times before it parks

    private ExitAgainstDrain() {}

    @JCStressTest
    @Description("A call entered by hand ends while the remover drains.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Waited for; what it wrote is there.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Use after free: the drain was over early.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The drain does not show what the call wrote.")
    @State
    public static class ByTicket {
        private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
        private volatile boolean inside;
        private boolean freed;
        private int written;

        @Actor
        public void caller(II_Result r) {
            long ticket = BeforeRemoval.enter(gate);
            inside = true;
            Spin.upTo(STAY, this);
            written = 1;
            r.r1 = freed ? 2 : 1;
            gate.exit(ticket);
        }

        @Actor
        public void remover(II_Result r) {
            while (!inside) {
                Thread.onSpinWait();
            }
            gate.unregisterSync();
            freed = true;
            r.r2 = written;
        }
    }

    @JCStressTest
    @Description("A read ends while the remover drains.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Waited for; what it wrote is there.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Use after free: the drain was over early.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The drain does not show what the call wrote.")
    @Outcome(expect = FORBIDDEN, desc = "The read got another answer than the driver's.")
    @State
    public static class Verb implements FileOperations {
        private final FopsGate gate = FopsGate.of("device", this);
        private final ByteBuffer buffer = ByteBuffer.allocate(2);
        private final OpenFile file = BeforeRemoval.open(gate);
        private volatile boolean inside;
        private boolean freed;
        private int written;

        @Override
        public int read(OpenFile opened, ByteBuffer dst, long position, Call call) {
            inside = true;
            Spin.upTo(STAY, this);
            written = 1;
            return freed ? 2 : 1;
        }

        @Actor
        public void caller(II_Result r) {
            try {
                r.r1 = gate.front().read(file, buffer, 0, Caller.local());
            } catch (ErrnoException e) {
                r.r1 = -e.errno();
            }
        }

        @Actor
        public void remover(II_Result r) {
            while (!inside) {
                Thread.onSpinWait();
            }
            gate.unregisterSync();
            freed = true;
            r.r2 = written;
        }
    }
}

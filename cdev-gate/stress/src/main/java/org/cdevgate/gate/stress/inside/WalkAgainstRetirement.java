package org.cdevgate.gate.stress.inside;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.stress.NewThread;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/*
   Threads come and go by the thousand. Their records are given back, the many retired, and now and
   then one thread takes those out of the list, while a remover walks it and may stand on one of
   them. It must still come to every record behind it that is in use.

   The walker stands for the remover and looks for its own record, which is older than all that
   come and go and so behind them. It stays a while on each that nobody owns, to be overtaken by
   whoever takes records out. The first records made are never retired, so threads that never end
   for the collector have those.

   Run it alone:  bash cdev-gate/stress/run.sh -t WalkAgainstRetirement
*/
@JCStressTest
@Description("A walk over the records while those of dead threads are taken out.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Each walk came to the record that is in use.")
@Outcome(
        id = "2",
        expect = FORBIDDEN,
        desc = "A record was missed: a removal would not wait for the call in it.")
@State
public class WalkAgainstRetirement {
    private static final int NEVER_RETIRED = 1024;

    /** As many as are kept for new threads, and some more than are worth a sweep. */
    private static final int THREADS_BETWEEN_COLLECTIONS = 600;

    private static final int STAY = 50;

    private static final List<Thread> KEPT = new ArrayList<>();
    private static final AtomicInteger STARTED = new AtomicInteger();

    static {
        FopsGate.of("device", new FileOperations() {}); // makes the frames
        for (int i = 0; i < NEVER_RETIRED; i++) {
            KEPT.add(NewThread.run(CallRecords::current));
        }
    }

    private volatile boolean over;

    @Actor
    public void walker(I_Result r) {
        CallRecord own = CallRecords.current();
        r.r1 = 1;
        do {
            boolean seen = false;
            for (CallRecord each = CallRecords.head(); each != null; each = each.next()) {
                seen |= each == own;
                for (int i = 0; i < STAY && each.thread() == null; i++) {
                    Thread.onSpinWait();
                }
            }
            if (!seen) {
                r.r1 = 2;
            }
        } while (!over);
    }

    @Actor
    public void threadsThatComeAndGo() {
        NewThread.run(CallRecords::current);
        if (STARTED.incrementAndGet() % THREADS_BETWEEN_COLLECTIONS == 0) {
            System.gc(); // which finds the records of dead threads
        }
        over = true;
    }
}

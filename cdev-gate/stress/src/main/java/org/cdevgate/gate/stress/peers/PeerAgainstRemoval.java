package org.cdevgate.gate.stress.peers;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   EnterAgainstRemoval, asked of the two peers that count without a lock: a comparison with a gate
   that does not keep the promise would say nothing.

   Run them alone:  bash cdev-gate/stress/run.sh -t PeerAgainstRemoval
*/
public class PeerAgainstRemoval {
    private static final int STAY = 20;

    private final RemovableGate gate;
    private boolean freed;
    private int written;

    PeerAgainstRemoval(Peer peer) {
        gate = peer.make(() -> freed = true);
    }

    void call(II_Result r) {
        long ticket = gate.enter();
        if (ticket == 0) {
            return;
        }
        for (int i = 0; i < STAY; i++) {
            Thread.onSpinWait();
        }
        written = 1;
        r.r1 = freed ? 2 : 1;
        gate.exit(ticket);
    }

    void remove(II_Result r) {
        gate.unregisterSync();
        r.r2 = written;
    }

    @JCStressTest
    @Description("A caller enters, of one shared counter, while the device is removed.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The caller came too late and was refused.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The remover waited and sees what it wrote.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The remover does not see what it wrote.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Use after free.")
    @State
    public static class SharedCounter extends PeerAgainstRemoval {
        public SharedCounter() {
            super(Peer.SHARED_COUNTER);
        }

        @Actor
        public void caller(II_Result r) {
            call(r);
        }

        @Actor
        public void remover(II_Result r) {
            remove(r);
        }
    }

    @JCStressTest
    @Description("A caller enters, of striped counters, while the device is removed.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The caller came too late and was refused.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The remover waited and sees what it wrote.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The remover does not see what it wrote.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "Use after free.")
    @State
    public static class StripedCounters extends PeerAgainstRemoval {
        public StripedCounters() {
            super(Peer.STRIPED_COUNTERS);
        }

        @Actor
        public void caller(II_Result r) {
            call(r);
        }

        @Actor
        public void remover(II_Result r) {
            remove(r);
        }
    }
}

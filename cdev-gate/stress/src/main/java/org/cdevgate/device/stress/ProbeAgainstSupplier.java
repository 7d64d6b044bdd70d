package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.ProbeDeferredException;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   A consumer's driver is loaded while the supplier is unbound. Its probe asks for the supplier's
   clock, and it switches the clock off in its remove. Either the probe finds no clock, and the
   consumer waits for one; or the unbinding finds the link, and unbinds the consumer first. The
   release of the clock writes a plain field.

   Run it alone:  bash cdev-gate/stress/run.sh -t ProbeAgainstSupplier
*/
@JCStressTest
@Description("A consumer is probed while its supplier is unbound.")
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Too late: it waits for a supplier.")
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Bound, and unbound before the supplier.")
@Outcome(
        id = {"2, .*, .*", ".*, 2, .*"},
        expect = FORBIDDEN,
        desc = "The consumer used the clock after its release.")
@Outcome(id = ".*, .*, 1", expect = FORBIDDEN, desc = "It stays bound to a supplier that is gone.")
@Outcome(expect = FORBIDDEN, desc = "Bound without a remove, or removed without a probe.")
@State
public class ProbeAgainstSupplier {
    private static final int WAIT = 10_000;
    private static final int LATE = 64;

    /** What the supplier provides. */
    private static final class Clock {
        private boolean released; // no volatile: uses and release are ordered

        int use() {
            Spin.upTo(64, this);
            return released ? 2 : 1;
        }
    }

    private final Machine machine = new Machine();
    private final Device supplier = machine.bind("supplier", ProbeAgainstSupplier::provide);
    private final Device consumer = machine.plug("consumer");
    private volatile boolean asking;
    private Clock clock;
    private int usedInProbe;
    private int usedInRemove;

    private static void provide(BoundDevice bound) {
        Clock made = bound.devres().add("clock", new Clock(), gone -> gone.released = true);
        bound.provide(Clock.class, "", made);
    }

    private void probe(BoundDevice bound) throws ProbeDeferredException {
        asking = true;
        Spin.upTo(2 * LATE, supplier); // as long as the way into unbind()
        clock = bound.request(supplier, Clock.class, "");
        usedInProbe = clock.use();
    }

    private void remove(BoundDevice bound) {
        bound.check();
        usedInRemove = clock.use();
    }

    @Actor
    public void consumersDriver() {
        machine.addDriver(consumer, this::probe, this::remove);
    }

    @Actor
    public void unbinder() {
        for (int i = 0; i < WAIT && !asking; i++) {
            Thread.onSpinWait();
        }
        Spin.upTo(LATE, this);
        supplier.unbind();
    }

    @Arbiter
    public void afterwards(III_Result r) {
        machine.awaitProbes();
        r.r1 = usedInProbe;
        r.r2 = usedInRemove;
        r.r3 = consumer.isBound() ? 1 : 0;
    }
}

package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.device.ProbeDeferredException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   Two threads unbind the same device: one asks for it, the other unbinds its supplier. Both come
   back after the device's resources are released, and the supplier's go later than these. All the
   counters are plain fields.

   Run it alone:  bash cdev-gate/stress/run.sh -t TwoUnbinders
*/
@JCStressTest
@Description("A consumer is unbound by itself while its supplier is unbound.")
@Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "Both came back after the releases.")
@Outcome(
        id = "0, .*, .*, .*",
        expect = FORBIDDEN,
        desc = "The consumer's unbinder came back before its release.")
@Outcome(
        id = ".*, 0, .*, .*",
        expect = FORBIDDEN,
        desc = "The supplier was released under its consumer.")
@Outcome(
        id = ".*, .*, 0, .*",
        expect = FORBIDDEN,
        desc = "The supplier's unbinder came back before its release.")
@Outcome(expect = FORBIDDEN, desc = "The consumer's remove() did not run once.")
@State
public class TwoUnbinders {
    private int removes;
    private int releases;
    private int releasesBefore;
    private int suppliersReleases;
    private final Machine machine = new Machine();
    private final Device supplier = machine.bind("supplier", this::provide);
    private final Device consumer = machine.plug("consumer");

    /** Both are bound before the actors begin. */
    public TwoUnbinders() {
        machine.addDriver(consumer, this::request, bound -> removes++);
        if (!consumer.isBound()) {
            throw new AssertionError("the supplier is there, and the consumer not bound");
        }
    }

    private void provide(BoundDevice bound) {
        bound.devres()
                .addAction(
                        "clock",
                        () -> {
                            releasesBefore = releases;
                            suppliersReleases++;
                        });
        bound.provide(TwoUnbinders.class, "", this);
    }

    private void request(BoundDevice bound) throws ProbeDeferredException {
        bound.request(supplier, TwoUnbinders.class, "").releases = 0;
        bound.devres().addAction("use of the clock", () -> releases++);
    }

    @Actor
    public void consumersUnbinder(IIII_Result r) {
        consumer.unbind();
        r.r1 = releases;
    }

    @Actor
    public void suppliersUnbinder(IIII_Result r) {
        supplier.unbind();
        r.r2 = releasesBefore;
        r.r3 = suppliersReleases;
        r.r4 = removes;
    }
}

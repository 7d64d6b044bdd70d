package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.device.Device;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   A device is plugged into a hub while that is unplugged. Either the hub refuses it, and nothing of
   it was ever there; or the removal finds it, and its driver has been told of its end when the
   remover is back. The counters are plain fields.

   Run it alone:  bash cdev-gate/stress/run.sh -t ChildAgainstUnplug
*/
@JCStressTest
@Description("A child is added and bound while its parent is unplugged.")
@Outcome(id = "0, 0, 0, 0", expect = ACCEPTABLE, desc = "Refused.")
@Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "Found before it had a driver.")
@Outcome(id = "1, 1, 1, 0", expect = ACCEPTABLE, desc = "Bound, and unbound with its parent.")
@Outcome(id = ".*, .*, .*, [1-9]", expect = FORBIDDEN, desc = "Something of it is left.")
@Outcome(id = "0, 1, .*, .*", expect = FORBIDDEN, desc = "It was bound, though refused.")
@Outcome(expect = FORBIDDEN, desc = "Its remove() did not run once for its probe.")
@State
public class ChildAgainstUnplug {
    private static final int LATE = 64;

    private final Machine machine = new Machine();
    private final Device hub = machine.plug("hub");
    private int probes;
    private int removes;
    private int left; // when the remover was back

    /** The child's driver is there before the child. */
    public ChildAgainstUnplug() {
        machine.addDriver("leaf", bound -> probes++, bound -> removes++);
    }

    @Actor
    public void adder(IIII_Result r) {
        Spin.upTo(LATE, this);
        try {
            machine.bus().newDevice("leaf").parent(hub).add();
            r.r1 = 1;
        } catch (IllegalStateException e) {
            r.r1 = 0;
        }
    }

    @Actor
    public void remover() {
        Spin.upTo(2 * LATE, hub);
        hub.remove();
        left = machine.bus().devices().size();
    }

    @Arbiter
    public void afterwards(IIII_Result r) {
        r.r2 = probes;
        r.r3 = removes;
        r.r4 = left + machine.bus().devices().size() + hub.references();
    }
}

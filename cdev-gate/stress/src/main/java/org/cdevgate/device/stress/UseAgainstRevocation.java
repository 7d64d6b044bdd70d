package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.device.BoundDevice;
import org.cdevgate.device.Device;
import org.cdevgate.gate.stress.Meeting;
import org.cdevgate.gate.stress.Spin;
import org.cdevgate.revocable.Revocable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/*
   A resource is revoked while somebody uses it who has no proof that its device is bound. The use
   ends before the release, whose write is a plain one; or there was none. The user then unbinds the
   device and so is a second revoker: both come back after the one release.

   Run it alone:  bash cdev-gate/stress/run.sh -t UseAgainstRevocation
*/
@JCStressTest
@Description("A resource is used and its device unbound, while it is revoked.")
@Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "The user came too late.")
@Outcome(
        id = "1, 1, 1, 1",
        expect = ACCEPTABLE,
        desc = "The release came after the use, and the revoker sees what was written.")
@Outcome(id = "2, .*, .*, .*", expect = FORBIDDEN, desc = "Used after its release.")
@Outcome(
        id = "1, 0, .*, .*",
        expect = FORBIDDEN,
        desc = "The revoker did not wait for the use, or does not see what it wrote.")
@Outcome(
        id = {".*, .*, 0, .*", ".*, .*, .*, 0"},
        expect = FORBIDDEN,
        desc = "One of the two came back before the release.")
@Outcome(expect = FORBIDDEN, desc = "Released twice.")
@State
public class UseAgainstRevocation {
    private static final int STAY = 64;
    private static final int LATE = 16;

    private final Meeting meeting = new Meeting();
    private int releases;
    private int written;
    private Revocable<UseAgainstRevocation> registers;
    private final Device device = new Machine().bind("device", this::probe);

    private void probe(BoundDevice bound) {
        registers = Revocable.managed("registers", bound, this, gone -> gone.releases++);
    }

    @Actor
    public void user(IIII_Result r) {
        meeting.first(1);
        Spin.upTo(LATE, meeting);
        try (Revocable.Use<UseAgainstRevocation> use = registers.tryAccess()) {
            if (use != null) {
                Spin.upTo(STAY, this);
                written = 1;
                r.r1 = use.get().releases == 0 ? 1 : 2;
            }
        }
        device.unbind();
        r.r4 = releases;
    }

    @Actor
    public void revoker(IIII_Result r) {
        meeting.second(1);
        registers.revoke();
        r.r2 = written;
        r.r3 = releases;
    }
}

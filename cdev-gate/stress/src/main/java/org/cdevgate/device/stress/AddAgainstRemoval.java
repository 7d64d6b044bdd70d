package org.cdevgate.device.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.cdevgate.cdev.CharDevices;
import org.cdevgate.cdev.NumberRegion;
import org.cdevgate.cdev.Uevent;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.stress.Meeting;
import org.cdevgate.gate.stress.Spin;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   A device is published while its gate is removed. Whether it is refused or published and withdrawn
   again, name and number lead nowhere when the remover is back, nor later, and whoever follows saw it
   go if he saw it come.

   Run it alone:  bash cdev-gate/stress/run.sh -t AddAgainstRemoval
*/
@JCStressTest
@Description("A device gets its name and number while its gate is removed.")
@Outcome(id = "(0|1), 0, 0", expect = ACCEPTABLE, desc = "Refused, or withdrawn by the removal.")
@Outcome(id = ".*, [1-9], .*", expect = FORBIDDEN, desc = "The name leads to a dead device.")
@Outcome(expect = FORBIDDEN, desc = "A follower was told of its coming or its going only.")
@State
public class AddAgainstRemoval {
    private static final int LATE = 64;

    private final Meeting meeting = new Meeting();
    private final CharDevices devices = new CharDevices();
    private final NumberRegion region = devices.allocRegion(0, 1, "stress");
    private final FopsGate gate = FopsGate.of("device", new FileOperations() {});
    private final AtomicInteger seen = new AtomicInteger();
    private int namesLeft; // when the remover was back

    /** A follower is there before the actors begin. */
    public AddAgainstRemoval() {
        devices.follow(event -> seen.addAndGet(event.action() == Uevent.Action.ADD ? 1 : -1));
    }

    @Actor
    public void registrant(III_Result r) {
        meeting.first(1);
        try {
            r.r1 = devices.add(gate, region.number(0), "device", 0600).generation() == 1 ? 1 : -1;
        } catch (IllegalStateException e) {
            r.r1 = 0;
        }
    }

    @Actor
    public void remover() {
        meeting.second(1);
        Spin.upTo(LATE, this);
        gate.unregisterSync();
        namesLeft = names();
    }

    private int names() {
        return devices.devices().size() + (devices.find(region.number(0)).isPresent() ? 1 : 0);
    }

    @Arbiter
    public void afterwards(III_Result r) {
        r.r2 = namesLeft + names();
        r.r3 = seen.get();
    }
}

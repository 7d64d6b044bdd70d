package org.cdevgate.gate.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.cdevgate.gate.OpenFile;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
   The last descriptor of a file is closed while the device is removed. Release runs once, then the
   destructor runs once, whoever of the two gets there first; and when unregisterSync() has
   returned both are over, also if it was the closer who ran them.

   Run it alone:  bash cdev-gate/stress/run.sh -t CloseAgainst
*/
public class CloseAgainstRemoval {
    private CloseAgainstRemoval() {}

    @JCStressTest
    @Description("A file is closed while its device is removed.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Once each, before the remover is back.")
    @Outcome(id = "0, .*, .*", expect = FORBIDDEN, desc = "The remover came back too early.")
    @Outcome(expect = FORBIDDEN, desc = "Release or the destructor ran twice, never or reversed.")
    @State
    public static class Remover {
        private final Tap tap = new Tap();
        private final OpenFile file = tap.openLocally();

        @Actor
        public void closer() {
            tap.gate.front().close(file);
        }

        @Actor
        public void remover(III_Result r) {
            tap.gate.unregisterSync();
            r.r1 = tap.destroyed;
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r2 = tap.releases.get();
            r.r3 = tap.destructors.get();
        }
    }

    /** A second close is a front's error, but must not cost the driver a second release. */
    @JCStressTest
    @Description("A file is closed twice at the same time.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Once; the loser waited for the winner.")
    @Outcome(
            id = {"0, .*, .*", ".*, 0, .*"},
            expect = FORBIDDEN,
            desc = "A close came back while the release was still running.")
    @Outcome(expect = FORBIDDEN, desc = "Release or the destructor ran twice, never or reversed.")
    @State
    public static class Closer {
        private final Tap tap = new Tap();
        private final OpenFile file = tap.openLocally();

        @Actor
        public void first(III_Result r) {
            tap.gate.front().close(file);
            r.r1 = tap.destroyed;
        }

        @Actor
        public void second(III_Result r) {
            tap.gate.front().close(file);
            r.r2 = tap.destroyed;
        }

        @Arbiter
        public void afterwards(III_Result r) {
            r.r3 = tap.releases.get() * tap.destructors.get();
        }
    }
}

package org.cdevgate.gate.stress.twins;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
   A twin that leaves with a plain store. ARGUED, NOT COUNTED: it may never show here.

   Between a plain store and what the call wrote before it there is no order. The remover that reads
   "left" has no happens-before with the call; it may free the device and read from it what was there
   before the call wrote, or the call's late write may land in memory that was given to somebody
   else. A release store makes both impossible, and on x86 it is the same instruction.

   That is also why it may not show: x86 makes stores visible in program order, so only the compiler
   could swap the two, and HotSpot's is not known to swap these. On ARM and POWER the processor does.
   So the stress command runs this test and tells what was seen, and asks for nothing.

   Run it alone:  bash cdev-gate/stress/run.sh -t PlainExitStoreTwin
*/
@JCStressTest
@Description("A call writes and leaves with a plain store; the remover reads what it wrote.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The call had not left: waited for.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The call had left and its write is there.")
@Outcome(
        id = "1, 0",
        expect = ACCEPTABLE_INTERESTING,
        desc = "The twin is caught: the call had left, and its write had not arrived.")
@State
public class PlainExitStoreTwin {
    private static final VarHandle PUBLISHED;

    static {
        try {
            PUBLISHED =
                    MethodHandles.lookup()
                            .findVarHandle(PlainExitStoreTwin.class, "published", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through PUBLISHED
    private long published = 1;

    private int written;

    @Actor
    public void caller() {
        written = 1;
        published = 0; // broken: setRelease
    }

    @Actor
    public void remover(II_Result r) {
        if ((long) PUBLISHED.getVolatile(this) == 0) {
            r.r1 = 1;
            r.r2 = written;
        }
    }
}

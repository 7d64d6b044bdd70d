package org.cdevgate.gate.stress.proposals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.cdevgate.gate.stress.design.Answer;
import org.cdevgate.gate.stress.design.Design;
import org.cdevgate.gate.stress.design.DesignMatrix;
import org.cdevgate.gate.stress.design.GateDesign;
import org.cdevgate.gate.stress.design.ModelDevice;
import org.cdevgate.gate.stress.design.ModelDriver;
import org.cdevgate.gate.stress.design.Promise;
import org.cdevgate.gate.stress.script.Outcome;
import org.cdevgate.gate.stress.script.WrongDesign;
import org.cdevgate.gate.stress.workload.Usage;

/**
 * The proposals, each with what it breaks. As a command it prints the matrix of docs/stress.md:
 *
 * <pre>
 *   java -cp cdev-gate/stress/target/jcstress.jar org.cdevgate.gate.stress.proposals.Proposals
 * </pre>
 */
public final class Proposals {
    /** A building block: what the driver does not guard, and the entry points, are its business. */
    private static final Design REVOCABLE =
            new Linux("revocable", Set.of(Promise.EVERY_VERB), RevocableCdev::new);

    private static final Design MISC_SYNC = new MiscSyncCdev.Misc();
    private static final Design QUEUED =
            new Linux("cdev_register_queued", Set.of(), QueuedCdev::new);
    private static final Design SYNC = new Linux("cdev_sync", Set.of(), SyncCdev::new);

    private Proposals() {}

    /** Whose release is the driver's own, at the last close. */
    @SuppressWarnings("ImmutableMemberCollection") // made from Set.of
    private record Linux(
            String name, Set<Promise> leavesToTheDriver, Function<ModelDriver, ModelDevice> maker)
            implements Design {
        @Override
        public ModelDevice register(int minor, ModelDriver driver) {
            return maker.apply(driver);
        }

        @Override
        public boolean releasesLate() {
            return true;
        }
    }

    /** Prints the matrix. */
    public static void main(String[] args) {
        new Usage(
                        Proposals.class,
                        "",
                        "Prints what the gate and each proposal keeps of the promises, as"
                                + " docs/stress.md shows it.")
                .check(args, 0, 0);
        System.out.print(matrix());
    }

    /** The gate and the proposals. */
    static DesignMatrix matrix() {
        return DesignMatrix.of(List.of(new GateDesign(), REVOCABLE, MISC_SYNC, QUEUED, SYNC));
    }

    /** In the order in which they are told in docs/stress.md. */
    public static List<WrongDesign<?>> all() {
        List<WrongDesign<?>> all = new ArrayList<>();
        all.add(
                breaks(
                        REVOCABLE,
                        Promise.ACCOUNTED_BY_CALL,
                        "no call is inside, and the removal waits for one for ever: remover in"
                                + " Srcu.awaitReaders"));
        all.add(
                breaks(
                        MISC_SYNC,
                        Promise.OWN_CALLS_ONLY,
                        "an idle device is not removed until another one's call ends: remover in"
                                + " MiscSyncCdev.remove"));
        all.add(
                breaks(
                        MISC_SYNC,
                        Promise.STAYS_DEAD,
                        "a file of the removed device reaches its successor"));
        all.add(breaks(QUEUED, Promise.EVERY_VERB, "a read used the device after its teardown"));
        all.add(
                breaks(
                        SYNC,
                        Promise.NO_LOST_WAKE_UP,
                        "a sleeper is not woken, and the removal waits for it: caller in"
                                + " Event.await, remover in RwSemaphore.downWrite"));
        all.add(
                breaks(
                        SYNC,
                        Promise.ORDER,
                        "a new call waits for the call that the removal waits for: newcomer in"
                                + " RwSemaphore.downRead, remover in RwSemaphore.downWrite"));
        all.add(
                breaks(
                        SYNC,
                        Promise.NESTED_CALLS,
                        "after a nested call somebody waits for ever: caller in"
                                + " RwSemaphore.downRead, remover in RwSemaphore.downWrite"));
        return all;
    }

    private static WrongDesign<Design> breaks(Design design, Promise promise, String shows) {
        return new WrongDesign<>(
                design.name() + ", promise " + promise.number(),
                promise.toString(),
                shows,
                asked -> {
                    Answer answer = promise.ask(asked);
                    return new Outcome(answer.verdict() == Answer.Verdict.BROKEN, answer.seen());
                },
                design,
                Map.of("real gate", new GateDesign()));
    }
}

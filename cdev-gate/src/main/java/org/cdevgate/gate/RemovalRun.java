package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cdevgate.gate.accounting.CallRecord;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.CallScan;
import org.cdevgate.gate.accounting.GateRef;
import org.cdevgate.gate.accounting.LeftOutCalls;
import org.cdevgate.gate.accounting.PublishedCall;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemovalException;
import org.jspecify.annotations.Nullable;

/**
 * The removal of several devices as one: those asked for and the children of each. All are flagged,
 * then all names go and all sleepers are woken, then all are drained, then they are torn down one
 * after the other, children before parents and otherwise the last one first. So a sleeper in one of
 * them that waits for another of them has been woken before anything waits for it.
 *
 * <p>Several runs may meet in one gate. The steps of each gate's beginning and end are taken by the
 * run that won them; a run holds nothing that it won while it waits for another, so two runs that
 * come from different sides do not wait for each other in a circle.
 */
final class RemovalRun {
    private final List<FopsGate> roots;

    RemovalRun(List<FopsGate> roots) {
        this.roots = roots;
    }

    /** Flags, takes the names away and wakes; true if this call began any of them. */
    boolean begin() {
        return begin(LeftOutCalls.NONE, LeftOutCalls.NONE);
    }

    /**
     * {@link #begin()}, and leaves calls out. Not before all are flagged: a removal that was
     * refused or has failed leaves nobody out of another one's. But before anybody is woken: what a
     * call sleeps on in another device goes on if it is left out.
     */
    boolean begin(LeftOutCalls others, LeftOutCalls own) {
        List<Removal> all = new ArrayList<>();
        boolean here = false;
        Throwable failed = null;
        try {
            for (FopsGate root : roots) {
                here |= flagTree(root, all);
            }
        } catch (Throwable e) {
            failed = e; // those flagged before go on: others may wait for them already
        }
        for (int i = 0; i < all.size(); i++) {
            try {
                all.get(i).takeNameAway();
            } catch (Throwable e) {
                failed = e;
            }
        }
        if (failed == null) {
            try {
                others.leaveOut();
                own.leaveOut();
            } catch (Throwable e) {
                failed = e;
            }
        }
        for (int i = 0; i < all.size(); i++) {
            try {
                all.get(i).wake();
            } catch (Throwable e) {
                failed = e;
            }
        }
        // By fields, as in CallFrame. What an Error has left undone is for whoever comes next.
        Thread thread = Thread.currentThread();
        for (int i = 0; i < all.size(); i++) {
            Removal each = all.get(i);
            if (each.beginner == thread) {
                each.beginner = null;
            }
        }
        if (failed != null) {
            throw rethrown(failed);
        }
        return here;
    }

    /** For a thread that is named after it. */
    String name() {
        return roots.get(0).name();
    }

    @Override
    public String toString() {
        return roots.size() == 1 ? name() : name() + " and " + (roots.size() - 1) + " more";
    }

    private static Error rethrown(Throwable failed) {
        if (failed instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return (Error) failed; // the steps throw nothing that is checked
    }

    // A gate gets no more children once its flag is set, so this finds all.
    private static boolean flagTree(FopsGate gate, List<Removal> all) {
        Removal removal = gate.removal();
        all.add(removal); // before the flag: that it is set must not get lost
        boolean here = removal.flag();
        if (!here && !removal.takeUp()) {
            all.remove(all.size() - 1);
        }
        List<FopsGate> children = gate.children().all();
        for (int i = 0; i < children.size(); i++) {
            here |= flagTree(children.get(i), all);
        }
        return here;
    }

    private static List<GateRef> refs(List<FopsGate> gates) {
        List<GateRef> refs = new ArrayList<>();
        for (FopsGate gate : gates) {
            refs.add(gate.ref());
        }
        return refs;
    }

    /** All gates it is about, in the order of their teardown. */
    List<FopsGate> teardownOrder() {
        Set<FopsGate> order = new LinkedHashSet<>();
        addReversed(roots, order);
        return new ArrayList<>(order);
    }

    private static void addReversed(List<FopsGate> gates, Collection<FopsGate> order) {
        for (int i = gates.size() - 1; i >= 0; i--) {
            addReversed(gates.get(i).children().all(), order);
            order.add(gates.get(i));
        }
    }

    /**
     * Waits until all are removed, and does of their teardowns what nobody else does.
     *
     * @throws IllegalStateException if a removal has not begun
     */
    RemovalOutcome await(Drain drain) {
        for (FopsGate root : roots) {
            if (!root.isRemoving()) {
                throw new IllegalStateException(
                        "no removal of " + root.name() + " has begun; call beginRemoval() first");
            }
        }
        List<FopsGate> gates = teardownOrder();
        Thread thread = Thread.currentThread();
        try {
            gates.forEach(gate -> gate.removal().addWaiter(thread));
            for (FopsGate gate : gates) {
                if (gate.removal().flag()) { // a child that an Error has kept its remover from
                    gate.removal().begin();
                }
                if (!gate.removal().awaitDrained(drain)) {
                    return endedEarly(gates, drain);
                }
            }
            boolean here = false;
            for (FopsGate gate : gates) {
                Teardown.End end = gate.removal().teardown().finish(drain);
                if (end == Teardown.End.NOWHERE) {
                    return endedEarly(gates, drain);
                }
                here = here || (end == Teardown.End.HERE && roots.contains(gate));
            }
            return new RemovalOutcome(
                    here ? RemovalOutcome.Ending.REMOVED_HERE : RemovalOutcome.Ending.REMOVED,
                    Snapshots.nothing(gates, Duration.ofNanos(drain.waited())));
        } finally {
            drain.finish();
            gates.forEach(gate -> gate.removal().removeWaiter(thread));
        }
    }

    private static RemovalOutcome endedEarly(List<FopsGate> gates, Drain drain) {
        RemovalOutcome.Ending ending =
                drain.isEndedByInterrupt()
                        ? RemovalOutcome.Ending.INTERRUPTED
                        : RemovalOutcome.Ending.TIMED_OUT;
        for (FopsGate gate : gates) {
            if (!gate.isRemoved()) {
                gate.removal().log().waitEnded(ending);
            }
        }
        return new RemovalOutcome(
                ending,
                Snapshots.report(gates, Thread.currentThread(), Duration.ofNanos(drain.waited())));
    }

    // self-removal

    /**
     * Refuses to go on where waiting would be waiting for oneself.
     *
     * @throws SelfRemovalException if this thread is inside one of the gates
     */
    void checkNotInside(String method) {
        for (FopsGate gate : teardownOrder()) {
            String inside = gate.removal().inside();
            if (inside != null) {
                throw selfRemoval(method, gate, inside, "");
            }
        }
    }

    /** Whether this thread is inside one of the gates. */
    boolean isInside() {
        return teardownOrder().stream().anyMatch(gate -> gate.removal().inside() != null);
    }

    /**
     * The calls of this thread, which are to be left out of the count of every removal.
     *
     * @throws SelfRemovalException if it is inside what a removal has to wait for
     */
    LeftOutCalls ownCalls(String method) {
        List<FopsGate> gates = teardownOrder();
        CallRecord record = CallRecords.currentOrNull();
        LeftOutCalls calls =
                record == null ? LeftOutCalls.NONE : LeftOutCalls.of(record, refs(gates));
        SelfRemovalException refused = refused(method, gates, Thread.currentThread(), calls, "");
        if (refused != null) {
            throw refused;
        }
        return calls;
    }

    /**
     * {@link #ownCalls} of the thread of a call, which waits for this one as long as that is in
     * flight. If it has ended by the time that its thread's calls were looked at, they are nobody's
     * to leave out: whatever that thread does now has asked for nothing.
     */
    LeftOutCalls callsOf(PublishedCall asking, String method) {
        List<FopsGate> gates = teardownOrder();
        CallRecord record = asking.frame().record;
        LeftOutCalls calls = LeftOutCalls.of(record, refs(gates));
        SelfRemovalException refused =
                refused(method, gates, record.thread(), calls, "acting for one that is ");
        // Last: what was seen above was seen while the call was in flight, or does not count.
        if (!asking.isOpen()) {
            return LeftOutCalls.NONE;
        }
        if (refused != null) {
            throw refused;
        }
        return calls;
    }

    private static @Nullable SelfRemovalException refused(
            String method,
            List<FopsGate> gates,
            @Nullable Thread thread,
            LeftOutCalls calls,
            String acting) {
        String why = ", which cannot be left out";
        for (FopsGate gate : gates) {
            String needed = gate.removal().neededInside(thread);
            if (needed != null) {
                return selfRemoval(method, gate, acting + needed, why);
            }
        }
        PublishedCall needed = calls.needed();
        if (needed == null) {
            return null;
        }
        String inside = acting + "inside its own " + needed.frame();
        FopsGate gate = new CallScope(needed).gate();
        return gate == null ? null : selfRemoval(method, gate, inside, why);
    }

    /** The call of a ticket if it is in flight in one of the gates, or null. */
    @Nullable PublishedCall find(long ticket) {
        for (FopsGate gate : teardownOrder()) {
            PublishedCall call = CallScan.find(gate.ref(), ticket);
            if (call != null) {
                return call;
            }
        }
        return null;
    }

    static SelfRemovalException selfRemoval(
            String method, FopsGate gate, String inside, String why) {
        return new SelfRemovalException(
                method
                        + " of "
                        + gate.name()
                        + " on thread "
                        + Thread.currentThread().getName()
                        + ", which is "
                        + inside
                        + why
                        + ", would wait for itself; call beginRemoval() here and wait on another"
                        + " thread, or have the rest done by one: unregisterAsync(),"
                        + " SelfRemoval.DEFER");
    }
}

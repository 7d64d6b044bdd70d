package org.cdevgate.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.cdevgate.gate.diagnostics.RemovalTimeline;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.RemovalReport;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.gate.removal.SelfRemovalException;

/**
 * What can be removed: one gate's device with its children ({@link FopsGate}), or several as one
 * ({@link GateGroup}). All forms keep the same promise and may meet: whoever waits, in whatever
 * form, comes back with "removed" only when the teardown has finished.
 *
 * <pre>{@code
 * RemovalOutcome outcome = device.unregisterSync(timeout);
 * if (!outcome.isRemoved()) {
 *     log.warn("{}", outcome); // who is still inside, with stacks
 * }
 * }</pre>
 *
 * <p>All methods may be called by any thread, unless they say otherwise.
 */
public sealed interface Removable permits FopsGate, GateGroup {
    /** The gates that are removed, without their children, as they were registered. */
    List<FopsGate> gates();

    /**
     * Removes the device, and its children before it: flags it, takes its name away, wakes its
     * sleepers, waits for the calls in flight, releases each open file and runs the teardown.
     * Whoever calls it, however often, returns only when the teardown has finished. Cannot be
     * interrupted; an interrupt that comes meanwhile stays set.
     *
     * @return true for the one caller whose thread did the teardown; of a group, for each that did
     *     a member's
     * @throws SelfRemovalException if this thread is inside; nothing was done
     */
    default boolean unregisterSync() {
        return Removals.unregister(gates(), SelfRemoval.REFUSE);
    }

    /**
     * {@link #unregisterSync()}, also on a thread that is inside.
     *
     * @return as there; false from {@link SelfRemoval#DEFER} inside, which does not wait
     * @throws SelfRemovalException if this thread is inside and {@code choice} is REFUSE, or it is
     *     LEAVE_OUT and the thread is inside a hook, a teardown or a {@link Hold}, which a removal
     *     has to wait for; nothing was done
     */
    default boolean unregisterSync(SelfRemoval choice) {
        return Removals.unregister(gates(), Objects.requireNonNull(choice, "choice"));
    }

    /**
     * {@link #beginRemoval()} and {@link #awaitRemoval(Duration)}.
     *
     * @throws SelfRemovalException if this thread is inside; nothing was done
     */
    default RemovalOutcome unregisterSync(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        checkNotInside("unregisterSync(Duration)");
        beginRemoval();
        return awaitRemoval(timeout);
    }

    /**
     * Removes the device on a thread of its own: flags it and wakes its sleepers now, and does not
     * wait. May be called inside a call, which the removal then waits for.
     *
     * @return completes after the teardown, on the removing thread; cancelling it changes nothing.
     *     If no thread is to be had it completes exceptionally, and {@link #awaitRemoval()} takes
     *     the removal up
     */
    default CompletableFuture<RemovalOutcome> unregisterAsync() {
        return Removals.async(gates(), null);
    }

    /**
     * {@link #unregisterAsync()} on a thread of the executor's, which waits there.
     *
     * @return completes exceptionally if the executor refuses the work or runs it on a thread that
     *     is inside; {@link #awaitRemoval()} then takes the removal up
     */
    default CompletableFuture<RemovalOutcome> unregisterAsync(Executor executor) {
        return Removals.async(gates(), Objects.requireNonNull(executor, "executor"));
    }

    /**
     * The first half of a removal, for drivers that stop hardware before they wait: sets the flag,
     * takes the name away and wakes the sleepers. Does not wait, so it may be called inside a call.
     *
     * @return true for the one caller that began it; of a group, for each that began a member's
     */
    default boolean beginRemoval() {
        return new RemovalRun(gates()).begin();
    }

    /**
     * The second half: waits for the calls in flight and finishes the removal, as {@link
     * #unregisterSync()} does.
     *
     * @return as there
     * @throws IllegalStateException if no removal was begun
     * @throws SelfRemovalException if this thread is inside
     */
    default boolean awaitRemoval() {
        return Removals.await(gates(), "awaitRemoval()");
    }

    /**
     * {@link #awaitRemoval()} for a limited time, or until this thread is interrupted. If it ends
     * so the gate stays flagged, nothing is torn down, and the wait can be taken up again; an
     * interrupt stays set. The limit is for the calls in flight; release and teardown, once begun
     * here, run to their end.
     *
     * @param timeout 0 or less looks once
     * @throws IllegalStateException if no removal was begun
     * @throws SelfRemovalException if this thread is inside
     */
    default RemovalOutcome awaitRemoval(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        return Removals.await(gates(), "awaitRemoval(Duration)", timeout);
    }

    /**
     * {@link #awaitRemoval(Duration)} without a limit: only an interrupt ends it early.
     *
     * @throws IllegalStateException if no removal was begun
     * @throws SelfRemovalException if this thread is inside
     */
    default RemovalOutcome awaitRemovalInterruptibly() {
        return Removals.awaitInterruptibly(gates(), "awaitRemovalInterruptibly()");
    }

    /**
     * Refuses to go on where waiting for the removal would be waiting for oneself; for those who
     * remove several and want to know before the first.
     *
     * @param method that would wait, for the message
     * @throws SelfRemovalException if this thread is inside one of the gates or of their children
     */
    default void checkNotInside(String method) {
        Removals.checkNotInside(gates(), Objects.requireNonNull(method, "method"));
    }

    /** Whether the removal has finished, teardown included. */
    boolean isRemoved();

    /**
     * What the removals of the gates and their children have done so far, each as a timeline that a
     * trace viewer opens ({@link RemovalTimeline#toChromeTrace(List)}); those that have not begun
     * are left out.
     */
    default List<RemovalTimeline> timelines() {
        List<RemovalTimeline> timelines = new ArrayList<>();
        for (FopsGate gate : new RemovalRun(gates()).teardownOrder()) {
            RemovalTimeline timeline = gate.removal().log().timeline();
            if (timeline != null) {
                timelines.add(timeline);
            }
        }
        return timelines;
    }

    /** What is in flight in the gates and their children now: what a removal would wait for. */
    default RemovalReport report() {
        return Snapshots.report(new RemovalRun(gates()).teardownOrder(), null, Duration.ZERO);
    }
}

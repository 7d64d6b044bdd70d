package org.cdevgate.gate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.cdevgate.gate.accounting.CallRecords;
import org.cdevgate.gate.accounting.LeftOutCalls;
import org.cdevgate.gate.accounting.PublishedCall;
import org.cdevgate.gate.removal.RemovalOutcome;
import org.cdevgate.gate.removal.SelfRemoval;
import org.cdevgate.internal.Waits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The forms of a removal, for {@link FopsGate} and {@link GateGroup} alike. */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    private Removals() {}

    static boolean unregister(List<FopsGate> gates, SelfRemoval choice) {
        return unregister(new RemovalRun(gates), "unregisterSync()", choice, LeftOutCalls.NONE);
    }

    /** {@link SelfRemoval} for a call that another thread acts for. */
    static boolean unregister(FopsGate gate, SelfRemoval choice, long ticket) {
        RemovalRun run = new RemovalRun(List.of(gate));
        String method = "unregisterSync(SelfRemoval, ticket)";
        PublishedCall asking = run.find(ticket);
        LeftOutCalls leftOut = LeftOutCalls.NONE;
        if (asking != null) {
            switch (choice) {
                case REFUSE ->
                        throw RemovalRun.selfRemoval(
                                method,
                                gate,
                                "acting for the " + asking.frame() + " in flight",
                                "");
                case DEFER -> {
                    defer(run);
                    return false;
                }
                case LEAVE_OUT -> leftOut = run.callsOf(asking, method);
            }
        }
        return unregister(run, method, choice, leftOut);
    }

    /**
     * A removal by this thread, which is itself subject to the choice.
     *
     * @param others of the thread that this one acts for
     */
    private static boolean unregister(
            RemovalRun run, String method, SelfRemoval choice, LeftOutCalls others) {
        LeftOutCalls own = LeftOutCalls.NONE;
        switch (choice) {
            case REFUSE -> run.checkNotInside(method);
            case DEFER -> {
                if (run.isInside()) {
                    defer(run);
                    return false;
                }
            }
            case LEAVE_OUT -> own = run.ownCalls(method);
        }
        run.begin(others, own);
        return isHere(run.await(new Drain(Drain.FOREVER, false)));
    }

    static CompletableFuture<RemovalOutcome> async(
            List<FopsGate> gates, @Nullable Executor executor) {
        return async(new RemovalRun(gates), executor);
    }

    private static CompletableFuture<RemovalOutcome> async(
            RemovalRun run, @Nullable Executor executor) {
        run.begin();
        CompletableFuture<RemovalOutcome> future = new CompletableFuture<>();
        Runnable rest =
                () -> {
                    try {
                        // An executor may run it on the thread that asked.
                        run.checkNotInside("unregisterAsync()");
                        future.complete(run.await(new Drain(Drain.FOREVER, false)));
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                        throw e;
                    }
                };
        try {
            if (executor != null) {
                executor.execute(rest);
            } else {
                Runnable whole = CallRecords.thenLeave(rest);
                Thread thread = new Thread(null, whole, "removal-" + run.name(), 0, false);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            future.completeExceptionally(e); // the gates stay flagged; the wait can be taken up
        }
        return future;
    }

    private static void defer(RemovalRun run) {
        CompletableFuture<RemovalOutcome> ignored =
                async(run, null)
                        .whenComplete(
                                (outcome, failure) -> {
                                    if (failure != null) {
                                        LOG.error(
                                                "the removal of {} cannot go on; awaitRemoval()"
                                                        + " finishes it",
                                                run,
                                                failure);
                                    }
                                });
    }

    static void checkNotInside(List<FopsGate> gates, String method) {
        new RemovalRun(gates).checkNotInside(method);
    }

    static boolean await(List<FopsGate> gates, String method) {
        RemovalRun run = new RemovalRun(gates);
        run.checkNotInside(method);
        return isHere(run.await(new Drain(Drain.FOREVER, false)));
    }

    static RemovalOutcome await(List<FopsGate> gates, String method, Duration timeout) {
        RemovalRun run = new RemovalRun(gates);
        run.checkNotInside(method);
        return run.await(new Drain(Waits.nanos(timeout), true));
    }

    static RemovalOutcome awaitInterruptibly(List<FopsGate> gates, String method) {
        RemovalRun run = new RemovalRun(gates);
        run.checkNotInside(method);
        return run.await(new Drain(Drain.FOREVER, true));
    }

    private static boolean isHere(RemovalOutcome outcome) {
        return outcome.ending() == RemovalOutcome.Ending.REMOVED_HERE;
    }
}

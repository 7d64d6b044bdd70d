package org.cdevgate.gate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.cdevgate.internal.Waits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The forms of a removal, for {@link FopsGate} and {@link GateGroup} alike. */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(FopsGate.class);

    private Removals() {}

    static boolean unregister(List<FopsGate> gates, SelfRemoval choice) {
        RemovalRun run = new RemovalRun(gates);
        String method = "unregisterSync()";
        switch (choice) {
            case REFUSE -> run.checkNotInside(method);
            case DEFER -> {
                if (run.isInside()) {
                    defer(gates);
                    return false;
                }
            }
            case LEAVE_OUT -> run.leaveOut(method);
        }
        run.begin();
        if (choice == SelfRemoval.LEAVE_OUT) {
            run.leaveOut(method); // of children that came before their parent was flagged
        }
        return isHere(run.await(new Drain(Drain.FOREVER, false)));
    }

    /** {@link SelfRemoval} for a call that another thread acts for. */
    static boolean unregister(FopsGate gate, SelfRemoval choice, long ticket) {
        RemovalRun run = new RemovalRun(List.of(gate));
        String method = "unregisterSync(SelfRemoval, ticket)";
        CallFrame frame = run.find(ticket);
        if (frame != null) {
            switch (choice) {
                case REFUSE ->
                        throw RemovalRun.selfRemoval(
                                method, gate, "acting for the " + frame + " in flight", "");
                case DEFER -> {
                    defer(List.of(gate));
                    return false;
                }
                case LEAVE_OUT -> run.leaveOut(method, frame);
            }
        }
        return unregister(List.of(gate), choice);
    }

    static CompletableFuture<RemovalOutcome> async(List<FopsGate> gates, Executor executor) {
        RemovalRun run = new RemovalRun(gates);
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
                Thread thread = new Thread(null, rest, "removal-" + gates.get(0).name(), 0, false);
                thread.setDaemon(true);
                thread.start();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            future.completeExceptionally(e); // the gates stay flagged; the wait can be taken up
        }
        return future;
    }

    private static void defer(List<FopsGate> gates) {
        CompletableFuture<RemovalOutcome> ignored =
                async(gates, null)
                        .whenComplete(
                                (outcome, failure) -> {
                                    if (failure != null) {
                                        LOG.error(
                                                "the removal of {} cannot go on; awaitRemoval()"
                                                        + " finishes it",
                                                gates,
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

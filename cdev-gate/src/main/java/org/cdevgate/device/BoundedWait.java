package org.cdevgate.device;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.cdevgate.internal.Reports;
import org.cdevgate.internal.Waits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for an unbinding for a limited time. The unbinding has a thread of its own, since a
 * driver's remove(), and the release of a resource, may take as long as they like. Whoever waits
 * again joins that thread, so there is never more than one.
 */
final class BoundedWait {
    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    private final Device device;
    private final Callable<Boolean> unbinding;
    private @Nullable FutureTask<Boolean> begun; // guarded by this

    BoundedWait(Device device, Callable<Boolean> unbinding) {
        this.device = device;
        this.unbinding = unbinding;
    }

    /**
     * Begins it, if nobody has, and waits.
     *
     * @throws OutOfMemoryError if no thread is to be had; nothing was begun then
     */
    UnbindOutcome await(Duration timeout, Supplier<List<UnbindOutcome.Culprit>> culprits) {
        long nanos = Waits.nanos(timeout);
        FutureTask<Boolean> task;
        boolean here = false;
        synchronized (this) {
            task = begun;
            if (task == null || task.isDone()) {
                task = start();
                begun = task;
                here = true;
            }
        }
        try {
            boolean did = task.get(nanos, TimeUnit.NANOSECONDS);
            return new UnbindOutcome(
                    device,
                    did && here ? UnbindOutcome.Ending.DONE_HERE : UnbindOutcome.Ending.DONE,
                    List.of());
        } catch (TimeoutException e) {
            return new UnbindOutcome(device, UnbindOutcome.Ending.TIMED_OUT, culprits.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new UnbindOutcome(device, UnbindOutcome.Ending.INTERRUPTED, culprits.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw (Error) e.getCause(); // unbinding throws nothing that is checked
        }
    }

    private FutureTask<Boolean> start() {
        FutureTask<Boolean> task =
                new FutureTask<>(
                        () -> {
                            try {
                                return unbinding.call();
                            } catch (Throwable e) { // perhaps nobody waits any more
                                Reports.error(LOG, "{} could not be unbound", device, e);
                                throw e;
                            }
                        });
        Thread thread = new Thread(null, task, "unbind-" + device.name(), 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
        return task;
    }
}

package org.cdevgate.drivers.filter;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.gate.Call;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.calls.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Unplugs the device at a call: before the driver sees it, inside it, or after its answer. None of
 * these is a time: where the device goes does not depend on how fast the calls run. With one
 * exception: a sleep that ends by itself within a fraction of a millisecond may be over first.
 */
public final class UnplugAtCall implements CallFilter {
    /** Where in the call. */
    public enum Moment {
        /** The driver never sees the call, which gets the removal's answer. */
        BEFORE,
        /**
         * The driver has the call: as soon as it sleeps, or else when it has its answer, which goes
         * to the caller after the removal has begun.
         */
        INSIDE,
        /** The call has its answer; the next one meets the removal. */
        AFTER
    }

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final Moment moment;
    private final Consumer<FopsGate> unplug;
    private final CallFilter matched;

    /** The gate whose removal is due since a call has been answered. */
    private volatile @Nullable FopsGate due;

    /**
     * @param unplug begins the removal: when it returns the gate is flagged. Called on any thread,
     *     inside a call too, perhaps more than once for one gate; {@link FopsGate#unregisterAsync}
     *     does
     */
    public UnplugAtCall(CallMatch match, Moment moment, Consumer<FopsGate> unplug) {
        this.moment = Objects.requireNonNull(moment, "moment");
        this.unplug = Objects.requireNonNull(unplug, "unplug");
        matched = match.then(this::hit);
    }

    @Override
    public long around(FilteredCall call) throws ErrnoException, IOException, InterruptedException {
        FopsGate gate = call.file().gate();
        if (due == gate) {
            unplug.accept(gate);
            throw gone(call);
        }
        return matched.around(call);
    }

    private long hit(FilteredCall call) throws ErrnoException, IOException, InterruptedException {
        FopsGate gate = call.file().gate();
        switch (moment) {
            case BEFORE -> {
                unplug.accept(gate);
                throw gone(call);
            }
            case INSIDE -> {
                Inside inside = new Inside(gate, call.verb(), call.file().pid());
                boolean asleep = false;
                try {
                    long result = call.proceed();
                    asleep = result == Call.WOULD_BLOCK && !call.call().isNonBlocking();
                    return result;
                } finally {
                    inside.returned(asleep);
                }
            }
            case AFTER -> {
                long result = call.proceed();
                if (result != Call.WOULD_BLOCK) {
                    due = gate;
                    afterwards(gate);
                }
                return result;
            }
        }
        throw new AssertionError(moment);
    }

    /**
     * Ends a call that comes too late. The gate answers what its {@link
     * org.cdevgate.gate.removal.RemovalProfile} says to a call that it has told of the removal
     * itself, as it tells each that would sleep.
     */
    private static ErrnoException gone(FilteredCall call) throws ErrnoException {
        if (call.verb() != Verb.POLL) { // which never sleeps, and gets the removal's answer anyhow
            call.call().sleepInterruptible(0, TimeUnit.NANOSECONDS);
        }
        return Errno.ENODEV.exception();
    }

    /** Nobody may make another call: then somebody else has to unplug. */
    private void afterwards(FopsGate gate) {
        Thread caller = Thread.currentThread();
        start(
                () -> {
                    while (!gate.isRemoving() && isInside(gate, caller)) {
                        LockSupport.parkNanos(LOOK_NANOS);
                    }
                    unplug.accept(gate);
                });
    }

    private static boolean isInside(FopsGate gate, Thread caller) {
        return gate.callsInFlight().stream().anyMatch(each -> each.thread() == caller);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "unplug");
        thread.setDaemon(true);
        thread.start();
    }

    /** Unplugs while the driver has a call. */
    private final class Inside {
        private final FopsGate gate;
        private final Verb verb;
        private final int opener;
        private final Thread caller = Thread.currentThread();
        private volatile boolean left;
        private volatile boolean leftToSleep;

        Inside(FopsGate gate, Verb verb, int opener) {
            this.gate = gate;
            this.verb = verb;
            this.opener = opener;
            start(this::watch);
        }

        private void watch() {
            while (!gate.isRemoving() && !left && !isAsleep()) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            unplug.accept(gate);
        }

        /**
         * Whether the driver has the call and it sleeps: with its thread, or without one once the
         * driver has returned; before that such a request is another one. Afterwards it may be
         * another one of the same opener too, for then the driver has both.
         */
        private boolean isAsleep() {
            boolean threadless = leftToSleep;
            return gate.callsInFlight().stream()
                    .anyMatch(
                            each ->
                                    threadless
                                            ? each.isThreadless()
                                                    && each.verb() == verb
                                                    && each.pid() == opener
                                            : each.thread() == caller && each.waitingOn() != null);
        }

        /**
         * The driver has returned.
         *
         * @param asleep the request sleeps without a thread: the watcher waits until it does
         */
        void returned(boolean asleep) {
            if (asleep) {
                leftToSleep = true;
            } else {
                left = true;
                unplug.accept(gate);
            }
        }
    }
}

package org.cdevgate.async;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.cdevgate.device.BoundCaller;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.internal.Reports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells drivers of events of somebody else: a blocking notifier chain of linux/notifier.h.
 *
 * <pre>{@code
 * NotifierChain<Integer> speeds = new NotifierChain<>("clock speed");
 * speeds.register(bound, 0, (hertz, proof) -> { // in probe
 *     registers.access(proof).divideBy(hertz / 115_200);
 *     return true;                              // the others are told too
 * });
 * speeds.call(48_000_000);
 * }</pre>
 *
 * <p>All methods may be called by any thread. An event may sleep in a notifier; the chain holds no
 * lock meanwhile, so others may register, unregister and send.
 */
public final class NotifierChain<E> {
    private static final Logger LOG = LoggerFactory.getLogger(NotifierChain.class);

    private final String name;
    private volatile List<Registration<E>> registrations = List.of(); // copied on write under this

    /** What a driver does at an event. */
    @FunctionalInterface
    public interface Notifier<E> {
        /**
         * Is told of an event. What it throws is logged, and the chain goes on.
         *
         * @param bound valid until it returns
         * @return whether the chain goes on to the next (NOTIFY_OK), or stops (NOTIFY_STOP)
         */
        boolean notify(E event, BoundDevice bound) throws Exception;
    }

    /**
     * A chain without notifiers.
     *
     * @param name for reports
     */
    public NotifierChain(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Adds a notifier, until it is unregistered or its device unbound.
     *
     * @param bound of the device whose notifier it is
     * @param priority higher ones are called first, equal ones in order of registration
     * @throws IllegalStateException if no driver is bound any more
     */
    public Registration<E> register(BoundDevice bound, int priority, Notifier<? super E> notifier) {
        Objects.requireNonNull(bound, "bound");
        Objects.requireNonNull(notifier, "notifier");
        Registration<E> made = new Registration<>(this, bound, priority, notifier);
        boolean added = false;
        try {
            add(made);
            added = true;
        } finally {
            if (!added) {
                made.caller.shut();
            }
        }
        if (made.caller.isShut()) {
            forget(made); // the device was unbound meanwhile
        }
        return made;
    }

    private synchronized void add(Registration<E> made) {
        List<Registration<E>> grown = new ArrayList<>(registrations);
        grown.add(made);
        grown.sort(Comparator.comparingInt((Registration<E> each) -> each.priority).reversed());
        registrations = List.copyOf(grown); // in order of registration where they are equal
    }

    /**
     * Tells all of an event, one after the other, on this thread.
     *
     * @param event is handed on as it is; null too
     * @return how many were told
     */
    public int call(E event) {
        int[] told = {0};
        for (Registration<E> each : registrations) {
            boolean[] goesOn = {true};
            try {
                each.caller.<Exception>tryRun(
                        bound -> {
                            told[0]++;
                            goesOn[0] = each.notifier.notify(event, bound);
                        });
                if (!goesOn[0]) {
                    break;
                }
            } catch (Throwable e) {
                Reports.error(LOG, "the notifier of {} failed; going on", each.caller, e);
            }
        }
        return told[0];
    }

    private synchronized void forget(Registration<E> gone) {
        List<Registration<E>> rest = new ArrayList<>(registrations);
        rest.remove(gone);
        registrations = List.copyOf(rest);
    }

    @Override
    public String toString() {
        return "notifier chain " + name;
    }

    /** A notifier on a chain. */
    public static final class Registration<E> {
        private final NotifierChain<E> chain;
        private final BoundCaller caller;
        private final int priority;
        private final Notifier<? super E> notifier;

        private Registration(
                NotifierChain<E> chain,
                BoundDevice bound,
                int priority,
                Notifier<? super E> notifier) {
            this.chain = chain;
            this.priority = priority;
            this.notifier = notifier;
            // Off the chain with the device, for the chain may outlive it and the driver.
            this.caller = bound.addCaller(chain.name, () -> chain.forget(this));
        }

        /**
         * Takes the notifier off the chain. When it returns the notifier runs on no thread, and
         * none will begin.
         *
         * @return true for the one caller that did it
         * @throws org.cdevgate.gate.removal.SelfRemovalException on a thread that is in the
         *     notifier
         */
        public boolean unregister() {
            boolean did = caller.shut();
            chain.forget(this);
            return did;
        }
    }
}

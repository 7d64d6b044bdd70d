package org.cdevgate.device;

import java.time.Duration;
import java.util.Objects;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.DriverAction;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.jspecify.annotations.Nullable;

/**
 * Something that calls a bound driver by itself and not for a process: an interrupt line, a timer,
 * a work queue, a notifier chain. Each of its calls enters here and gets a proof that the device is
 * bound; at the unbinding it is shut with the managed resources, in reverse order of registration,
 * and the unbinding waits for the calls inside. From the beginning of the unbinding these do not
 * sleep in verbs of other devices: they get ENODEV there. Made by {@link BoundDevice#addCaller};
 * for those who write such a mechanism.
 *
 * <pre>{@code
 * BoundCaller calls = bound.addCaller("doorbell");                     // in probe
 * calls.tryRun(proof -> registers.access(proof).ring());               // whenever it rings
 * }</pre>
 *
 * <p>All methods may be called by any thread.
 */
public final class BoundCaller {
    private final Binding binding;
    private final FopsGate gate;
    private final Devres devres;
    private final Object entry;

    BoundCaller(Binding binding, String name, DriverAction stop) {
        this.binding = binding;
        this.gate =
                FopsGate.builder(name, new FileOperations() {})
                        .slowDrain(Duration.ofNanos(binding.device.model().slowDrainNanos()))
                        .build();
        this.devres = binding.devres;
        binding.addCallerGate(gate);
        entry =
                devres.addCaller(
                        name,
                        () -> {
                            try {
                                stop.run();
                            } finally {
                                gate.unregisterSync();
                            }
                        });
    }

    /**
     * Begins a call of the driver. The proof must be closed by the same thread; {@link #tryRun}
     * does that by itself, also at the end of the stack (see {@link FopsGate#enter()}).
     *
     * @return null if it is shut
     */
    public @Nullable BoundDevice tryEnter() {
        return binding.enter(gate);
    }

    /** What a call of the driver does. */
    @FunctionalInterface
    public interface Function<X extends Exception> {
        /**
         * Does it.
         *
         * @param bound valid until it returns
         */
        void run(BoundDevice bound) throws X;
    }

    /**
     * Makes a call of the driver, which has ended when this returns or throws, whatever it throws.
     *
     * @return false if it is shut; nothing was run then
     * @throws X what the function throws
     */
    public <X extends Exception> boolean tryRun(Function<X> function) throws X {
        Objects.requireNonNull(function, "function");
        return binding.tryRun(gate, function);
    }

    /**
     * Shuts it: refuses new calls and returns when none is inside. Idempotent; at the unbinding it
     * is done in any case.
     *
     * @return true for the one caller that did it
     * @throws org.cdevgate.gate.removal.SelfRemovalException if this thread is inside; nothing was
     *     done
     */
    public boolean shut() {
        boolean did = gate.unregisterSync();
        devres.remove(entry);
        binding.removeCallerGate(gate);
        return did;
    }

    /**
     * Refuses to go on where waiting for the calls inside would be waiting for oneself.
     *
     * @param method that would wait, for the message
     * @throws org.cdevgate.gate.removal.SelfRemovalException if this thread is inside
     */
    public void checkNotInside(String method) {
        gate.checkNotInside(method);
    }

    /** Whether new calls are refused. */
    public boolean isShut() {
        return gate.isRemoving();
    }

    /** How long a wait for its end may take before it is reported: what the model says. */
    public Duration slowDrain() {
        return gate.slowDrain();
    }

    /** The name that it was made with. */
    public String name() {
        return gate.name();
    }

    @Override
    public String toString() {
        return name() + " of " + binding.device;
    }
}

package org.cdevgate.revocable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.device.BoundDevice;
import org.cdevgate.devres.Devres;
import org.cdevgate.gate.FileOperations;
import org.cdevgate.gate.FopsGate;
import org.cdevgate.gate.GateGroup;
import org.cdevgate.internal.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * A resource that belongs to a bound device (registers, a clock, an interrupt line) in the hands of
 * code that may outlive the binding. It is gone when {@link #revoke} has returned: nobody is using
 * it and nobody can begin to.
 *
 * <pre>{@code
 * Revocable<Registers> registers =                                      // in probe
 *         Revocable.managed("registers", bound, mapped, Registers::unmap);
 * int level = registers.access(bound).level();                          // with a proof
 * Optional<Integer> asked = registers.tryAccess(Registers::level);      // without one
 * }</pre>
 *
 * <p><b>Two ways in.</b> Code that has a proof that the device is bound takes it by {@link
 * #access}: the unbinding waits for that code anyway, so nothing is counted and nothing can fail.
 * All other code asks, by {@link #tryAccess}, and must be prepared for "no"; it may sleep while it
 * uses the resource, and the revocation waits for it.
 *
 * <p>What is counted is each use, by the thread that uses it (a ticket of a gate's), never a state
 * in a handle that threads share. Two threads with one file descriptor do not disturb each other.
 *
 * <p>After Rust's {@code Revocable} and {@code Devres} in Linux. All methods may be called by any
 * thread.
 */
public final class Revocable<T> {
    private final FopsGate gate;
    private final BoundDevice owner;
    private final Devres devres;
    private volatile @Nullable T resource; // null once it is released

    private Revocable(String name, BoundDevice owner, T resource, Consumer<? super T> release) {
        this.owner = owner;
        this.devres = owner.devres();
        this.resource = resource;
        this.gate =
                FopsGate.builder(name, new FileOperations() {})
                        .onTeardown(
                                () -> {
                                    this.resource = null;
                                    release.accept(resource);
                                })
                        .build();
    }

    /**
     * A managed resource: revoked and released when the device is unbound, in reverse order of
     * registration, unless it was revoked before.
     *
     * @param name for reports
     * @param owner proof that the device is bound
     * @param resource not null
     * @param release gets the resource when nobody uses it any more; once
     */
    public static <T> Revocable<T> managed(
            String name, BoundDevice owner, T resource, Consumer<? super T> release) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(release, "release");
        Revocable<T> made = new Revocable<>(name, owner, resource, release);
        made.devres.add(name, made, Revocable::revoke);
        return made;
    }

    /**
     * The resource, for code that the unbinding of its device waits for. Costs a check of the
     * proof.
     *
     * @throws IllegalArgumentException if the proof is of another device, or of another binding
     * @throws IllegalStateException if the scope of the proof has ended; or if the resource was
     *     revoked, which before the end of the binding only {@link #revoke} by hand can do, or the
     *     release of resources in the wrong order
     */
    public T access(BoundDevice proof) {
        Objects.requireNonNull(proof, "proof").check();
        if (!proof.isOfSameBinding(owner)) {
            throw new IllegalArgumentException(
                    this + " belongs to " + owner.device() + "; this is a " + proof);
        }
        T now = resource;
        if (now == null) {
            throw new IllegalStateException(
                    this
                            + " was revoked while "
                            + proof.device()
                            + " is still bound; acquire it before what uses it, so that it is"
                            + " released after that");
        }
        return now;
    }

    /**
     * A use of the resource, which a revocation waits for until it is closed, on the same thread;
     * empty if it is gone.
     *
     * <pre>{@code
     * try (Revocable.Use<Registers> use = registers.tryAccess()) {
     *     return use == null ? gone() : use.get().read(STATUS);
     * }
     * }</pre>
     *
     * @return null if the resource was revoked or is being revoked
     */
    public @Nullable Use<T> tryAccess() {
        Use<T> use = new Use<>(this); // before it enters, for then nothing may fail
        try {
            use.ticket = gate.enter();
        } catch (ErrnoException e) {
            return null;
        }
        use.resource = resource;
        return use;
    }

    /**
     * Uses the resource if it is there.
     *
     * @param use must not return null
     * @return its result; empty if the resource was revoked or is being revoked
     */
    public <R> Optional<R> tryAccess(Function<? super T, ? extends R> use) {
        Objects.requireNonNull(use, "use");
        List<Optional<R>> result = new ArrayList<>(1);
        gate.tryRun(
                () -> {
                    T there = resource; // its teardown waits for this
                    if (there != null) {
                        result.add(Optional.of(use.apply(there)));
                    }
                });
        return result.isEmpty() ? Optional.empty() : result.get(0);
    }

    /** One use of a resource, by one thread. */
    public static final class Use<T> implements AutoCloseable {
        private final Revocable<T> of;
        private @Nullable T resource; // null until it has entered
        private long ticket;
        private boolean closed;

        private Use(Revocable<T> of) {
            this.of = of;
        }

        /**
         * The resource, until {@link #close()}.
         *
         * @throws IllegalStateException after that
         */
        public T get() {
            T there = resource;
            if (closed || there == null) {
                throw new IllegalStateException("a use of " + of + " was closed already");
            }
            return there;
        }

        /**
         * Ends the use; a second time does nothing.
         *
         * @throws IllegalStateException on another thread than the one that began it
         */
        @Override
        public void close() {
            if (!closed) {
                of.gate.exit(ticket);
                closed = true;
            }
        }
    }

    /**
     * Takes the resource away: refuses new uses, waits for those that have begun, then releases it.
     * Whoever calls it, however often, returns when the release has finished. If nobody is inside
     * it does not wait.
     *
     * @return true for the one caller that released it
     * @throws org.cdevgate.gate.removal.SelfRemovalException if this thread uses it; nothing was
     *     done
     */
    public boolean revoke() {
        boolean did = gate.unregisterSync();
        devres.remove(this); // not before: an unbinding that does not find it does not wait for it
        return did;
    }

    /**
     * Revokes several as one: all refuse new uses before the first is waited for, so users that
     * hold one while they try another end soon. The last is released first.
     *
     * @throws org.cdevgate.gate.removal.SelfRemovalException if this thread uses one; nothing was
     *     done
     */
    public static void revokeAll(List<? extends Revocable<?>> all) {
        List<Revocable<?>> revoked = Arguments.elements(all, "all");
        if (!revoked.isEmpty()) {
            GateGroup.of(revoked.stream().map(it -> it.gate).toList()).unregisterSync();
        }
        revoked.forEach(it -> it.devres.remove(it));
    }

    /** Whether new uses are refused. */
    public boolean isRevoked() {
        return gate.isRemoving();
    }

    @Override
    public String toString() {
        return "resource " + gate.name() + (isRevoked() ? " (revoked)" : "");
    }
}
